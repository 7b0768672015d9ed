using Exports.Connectors.Sdk;

namespace Exports.Connectors.File;

/// <summary>
/// Receives batches, and appends each to the file with one write (one for each file, where it is rotated). Guarantees whole
/// lines: those of several tasks are not mixed, and none is left half written.
/// </summary>
internal sealed class FileStreamSinkTask : SinkTask
{
    private readonly LineBuffer _lines = new();
    private FileSinkConfig? _config;
    private SharedFile? _file;

    public override bool ReadsHeaders => false;

    public override async Task StartAsync(SinkTaskContext context, CancellationToken cancellationToken)
    {
        var config = FileSinkConfig.Parse(context.Config);
        _file = await SharedFile.OpenAsync(config.Path, context.Logger, cancellationToken);
        _config = config;
    }

    public override async ValueTask PutAsync(SinkBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            _lines.Write(batch);
            await _file!.AppendAsync(_lines, _config!.Rotation, cancellationToken);
        }
        finally
        {
            _lines.Clear();
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
        => _file!.FlushAsync(_config!.Fsync, cancellationToken);

    public override async Task StopAsync()
    {
        _lines.Dispose();
        if (_file is { } file)
            await file.ReleaseAsync();
    }
}
