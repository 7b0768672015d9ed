namespace Exports.Observation;

/// <summary>Records and bytes a second.</summary>
/// <param name="RecordsIn">Records read from Kafka.</param>
/// <param name="RecordsOut">Records that destinations have accepted.</param>
/// <param name="BytesIn">Bytes read from Kafka.</param>
/// <param name="BytesOut">Bytes that destinations have accepted.</param>
public readonly record struct Rates(double RecordsIn, double RecordsOut, double BytesIn, double BytesOut)
{
    /// <summary>The sum.</summary>
    public static Rates operator +(Rates left, Rates right) => new(
        left.RecordsIn + right.RecordsIn,
        left.RecordsOut + right.RecordsOut,
        left.BytesIn + right.BytesIn,
        left.BytesOut + right.BytesOut);
}
