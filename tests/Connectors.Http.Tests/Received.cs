using System.Text;

namespace Exports.Connectors.Http.Tests;

/// <summary>A request that has come.</summary>
internal sealed record Received(
    string Method, string Path, string Protocol, IReadOnlyDictionary<string, string> Headers, byte[] Body, string Connection,
    string? ClientSubject)
{
    public string Text => Encoding.UTF8.GetString(Body);
}
