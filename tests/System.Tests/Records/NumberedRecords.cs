using System.Buffers.Text;

namespace Exports.SystemTests.Records;

/// <summary>
/// Records of 200 bytes: a number, and a filling that depends on it. With p partitions, number n lies in partition n % p at
/// offset n / p.
/// </summary>
internal static class NumberedRecords
{
    public const int Size = 200;
    public static byte[] Make(long number)
    {
        var value = new byte[Size];
        Utf8Formatter.TryFormat(number, value, out _, new('D', 12));
        value.AsSpan(12).Fill(Filling(number));
        return value;
    }

    /// <summary>Reads a record back; false when it is not one, whole and unchanged.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out long number, out long time)
    {
        time = 0;
        return Utf8Parser.TryParse(value, out number, out var digits) && digits == 12
            && value.Length == Size && !value[12..].ContainsAnyExcept(Filling(number));
    }

    private static byte Filling(long number) => (byte)('a' + number % 26);
}
