using Exports.Connectors.Sdk;

namespace Exports.Api.Tests;

/// <summary>A task that is never started.</summary>
public sealed class TestSinkTask : SinkTask
{
    public override Task StartAsync(SinkTaskContext context, CancellationToken cancellationToken)
        => throw new NotSupportedException();

    public override ValueTask PutAsync(SinkBatch batch, CancellationToken cancellationToken) => throw new NotSupportedException();
}
