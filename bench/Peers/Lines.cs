using System.Buffers;
using System.IO.Pipelines;

namespace Exports.Peers;

/// <summary>Reads lines as bytes.</summary>
internal static class Lines
{
    /// <summary>Hands over each line of a stream, without its end, until the stream ends. The bytes are valid during the call.</summary>
    public static async Task ReadAsync(Stream stream, Action<ReadOnlyMemory<byte>> line)
    {
        var reader = PipeReader.Create(stream, new(bufferSize: 1 << 18));
        while (true)
        {
            var result = await reader.ReadAsync();
            var buffer = result.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                var slice = buffer.Slice(0, end);
                line(slice.IsSingleSegment ? slice.First : slice.ToArray());
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
                break;
        }

        await reader.CompleteAsync();
    }
}
