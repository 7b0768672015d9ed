using System.Globalization;

namespace Exports.Grains;

/// <summary>Which task of which connector.</summary>
/// <param name="Connector">The connector's name.</param>
/// <param name="Number">The task's number, from 0.</param>
internal readonly record struct TaskId(string Connector, int Number)
{
    /// <summary>The key of the task's grain: <c>connector/number</c>. The name may hold slashes itself.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{Connector}/{Number}");

    /// <summary>Reads a grain's key.</summary>
    /// <exception cref="FormatException">It is not the key of a task.</exception>
    public static TaskId Parse(string key)
    {
        var slash = key.LastIndexOf('/');
        return slash >= 0 && int.TryParse(key.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new(key[..slash], number)
            : throw new FormatException($"'{key}' is not the key of a task; it has the form connector/number.");
    }

    /// <summary><c>connector-number</c>, as it stands in logs.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Connector}-{Number}");
}
