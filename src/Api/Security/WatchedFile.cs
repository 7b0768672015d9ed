namespace Exports.Api.Security;

/// <summary>
/// What is in a file, read anew when its bytes have changed: also where links are swapped, as Kubernetes does with secrets.
/// Looked at on use, and then at most once in two seconds.
/// </summary>
public sealed class WatchedFile<T>
    where T : class
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);

    private readonly string _path;
    private readonly Func<byte[], T> _parse;
    private readonly TimeProvider _time;
    private readonly Action<string>? _onChange;
    private readonly Lock _gate = new();
    private byte[] _bytes;
    private T _current;
    private long _looked;
    private string? _lastError;

    /// <summary>Reads the file. What <paramref name="parse"/> throws comes out.</summary>
    /// <param name="path">The file.</param>
    /// <param name="parse">Makes the value of the bytes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="onChange">Told in one sentence when the file has changed, or when its new content cannot be used.</param>
    public WatchedFile(string path, Func<byte[], T> parse, TimeProvider time, Action<string>? onChange)
    {
        (_path, _parse, _time, _onChange) = (path, parse, time, onChange);
        _bytes = File.ReadAllBytes(path);
        _current = parse(_bytes);
        _looked = time.GetTimestamp();
    }

    /// <summary>The value. Where the file is gone or cannot be used any more, the last one that could.</summary>
    public T Current
    {
        get
        {
            lock (_gate)
            {
                if (_time.GetElapsedTime(_looked) >= s_interval)
                    Look();
                return _current;
            }
        }
    }

    private void Look()
    {
        _looked = _time.GetTimestamp();
        try
        {
            var bytes = File.ReadAllBytes(_path);
            if (bytes.AsSpan().SequenceEqual(_bytes))
            {
                _lastError = null;
                return;
            }

            _current = _parse(bytes);
            _bytes = bytes;
            _lastError = null;
            _onChange?.Invoke($"{_path} has changed and was read anew.");
        }
        catch (Exception e)
        {
            if (_lastError != e.Message)
                _onChange?.Invoke($"{_path} has changed and cannot be used; what it held before stays in force: {e.Message}");
            _lastError = e.Message;
        }
    }
}
