using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kafka;

/// <content>Committing another position, without records.</content>
internal sealed partial class PartitionSession
{
    private (long Position, TaskCompletionSource Done)? _move;

    /// <summary>Commits a position. Called at most once, after <see cref="OpenAsync"/>, of a session that takes no slices.</summary>
    /// <exception cref="RetriableException">The target did not answer.</exception>
    /// <exception cref="ConnectException">The target refuses.</exception>
    public async Task MoveAsync(long position, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            _move = (position, done);
            Work();
        }

        await done.Task.WaitAsync(cancellationToken);
    }

    private void Move(long position, TaskCompletionSource done)
    {
        try
        {
            _begun = _time.GetTimestamp();
            var producer = _producer ?? Reconnect();
            if (producer.Native.BeginTransaction() is { } failure)
                throw Explain(failure);
            _isInTransaction = true;
            if (!TryCommit(producer, position))
                throw new RetriableException($"The target cluster did not accept the position of {_source}.");
            done.SetResult();
        }
#pragma warning disable CA1031 // whoever moves it gets it
        catch (Exception e)
#pragma warning restore CA1031
        {
            Drop();
            done.SetException(e);
            // Whoever moved it may wait no longer.
            _ = done.Task.Exception;
        }
    }
}
