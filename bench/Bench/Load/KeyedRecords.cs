using System.Globalization;
using System.Text;

namespace Exports.Bench.Load;

/// <summary>Records with keys: the same value for all, which is JSON, and keys that come in turn.</summary>
/// <param name="Size">Bytes of a value; at least 12.</param>
/// <param name="Keys">How many keys there are.</param>
internal sealed record KeyedRecords(int Size, int Keys)
{
    private const string Start = "{\"event\":\"";
    private const string End = "\"}";

    /// <summary>The value of every record.</summary>
    public byte[] Value()
    {
        var random = new Random(1);
        var text = new StringBuilder(Start, Size);
        while (text.Length < Size - End.Length)
            text.Append((char)random.Next('a', 'z' + 1));
        return Encoding.ASCII.GetBytes(text.Append(End).ToString());
    }

    /// <summary>All keys, as text of equal length.</summary>
    public byte[][] AllKeys()
        => [.. Enumerable.Range(0, Keys).Select(key => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"customer-{key:D8}")))];
}
