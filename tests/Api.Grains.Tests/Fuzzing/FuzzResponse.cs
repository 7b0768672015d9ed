using System.Text;
using System.Text.Json;

namespace Exports.Api.Tests.Fuzzing;

/// <summary>One response.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Closes">Whether the server closes the connection after it.</param>
/// <param name="Body">Its body.</param>
internal sealed record FuzzResponse(int Status, bool Closes, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>Whether the body is the JSON of an error with this status.</summary>
    public bool IsErrorBody
    {
        get
        {
            using var json = JsonDocument.Parse(Body);
            return json.RootElement.GetProperty("error_code").GetInt32() == Status
                && json.RootElement.GetProperty("message").GetString() is { Length: > 0 };
        }
    }
}
