using Exports.Demo.Checks;

namespace Exports.Demo.Destinations;

/// <summary>
/// The file of JSON lines. It goes on from start to start: what is there already is not looked at while the demo runs, but
/// all of it is read back for the summary.
/// </summary>
/// <param name="file">The file; need not exist yet.</param>
/// <param name="read">Reads its lines.</param>
/// <param name="partitionOf">The source partition of a sequence number.</param>
/// <param name="partitions">The number of partitions of the source topic.</param>
internal sealed class FileDestination(string file, RecordReader read, Func<long, int> partitionOf, int partitions)
    : Destination("file", partitionOf, partitions)
{
    public override void Watch(CancellationToken stop)
    {
        var position = File.Exists(file) ? new FileInfo(file).Length : 0;
        while (!stop.IsCancellationRequested)
        {
            if (File.Exists(file))
            {
                position = ReadLines(position, line =>
                {
                    if (read(line, out var sequence, out _))
                        Count(sequence);
                });
            }

            stop.WaitHandle.WaitOne(20);
        }
    }

    /// <summary>Reads the whole file and checks it.</summary>
    public DeliveryCheck ReadBack()
    {
        var check = NewCheck();
        if (!File.Exists(file))
            return check;
        ReadLines(0, line =>
        {
            if (read(line, out var sequence, out _))
                check.Add(sequence);
            else
                check.AddUnreadable();
        });
        return check;
    }

    /// <summary>Reads whole lines from a position on, and returns the position behind the last one.</summary>
    private long ReadLines(long position, Action<ReadOnlySpan<byte>> take)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        stream.Position = position;
        var buffer = new byte[256 * 1024];
        var filled = 0;
        int count;
        while ((count = stream.Read(buffer, filled, buffer.Length - filled)) > 0)
        {
            filled += count;
            var rest = buffer.AsSpan(0, filled);
            int newline;
            while ((newline = rest.IndexOf((byte)'\n')) >= 0)
            {
                take(rest[..newline]);
                rest = rest[(newline + 1)..];
            }

            position += filled - rest.Length;
            if (rest.Length == buffer.Length)
                throw new InvalidDataException($"{file} has a line of more than {buffer.Length} bytes.");
            rest.CopyTo(buffer);
            filled = rest.Length;
        }

        return position;
    }
}
