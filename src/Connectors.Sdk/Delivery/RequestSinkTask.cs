namespace Exports.Connectors.Sdk;

/// <summary>
/// A task whose destination takes records in requests: over HTTP, gRPC and the like. The author says how large a request may
/// be, what a record weighs, and how to send one request; the rest is done here. Records of several puts are sent together, a
/// number of requests at once, fewer while the destination asks to slow down; records that were not accepted are sent again
/// with growing, jittered delays for as long as <c>errors.retry.timeout</c> lasts; and records with the same key are accepted in
/// order.
/// </summary>
public abstract class RequestSinkTask : SinkTask
{
    private const int MaxPuts = 64;
    private RequestDelivery? _delivery;
    private RequestOptions? _options;

    /// <inheritdoc/>
    public sealed override int MaxInFlight => MaxPuts;

    /// <inheritdoc/>
    public sealed override int MaxBatchRecords => Math.Clamp(_options?.MaxRecords ?? 1, 32, 500);

    /// <inheritdoc/>
    public sealed override long MaxBatchBytes => 1024 * 1024;

    /// <inheritdoc/>
    public sealed override bool NeedsFlush => false;

    /// <inheritdoc/>
    public sealed override async Task StartAsync(SinkTaskContext context, CancellationToken cancellationToken)
    {
        _options = await OpenAsync(context, cancellationToken).ConfigureAwait(false);
        _delivery = new RequestDelivery(_options, MaxPuts, Prepare, SendAsync, context);
    }

    /// <inheritdoc/>
    public sealed override ValueTask PutAsync(SinkBatch batch, CancellationToken cancellationToken)
        => _delivery!.PutAsync(batch, cancellationToken);

    /// <inheritdoc/>
    public sealed override void Drain() => _delivery?.Drain();

    /// <inheritdoc/>
    public sealed override Task StopAsync()
    {
        _delivery?.Dispose();
        return CloseAsync();
    }

    /// <summary>Gets ready: parse the configuration, open connections. Says how requests are cut and kept in order.</summary>
    /// <exception cref="ConfigException">The configuration cannot work; the message names the key.</exception>
    protected abstract Task<RequestOptions> OpenAsync(SinkTaskContext context, CancellationToken cancellationToken);

    /// <summary>
    /// Called once for each record, in order, before it waits to be sent; by one thread at a time. Says what it weighs in a
    /// request and which key it is ordered by. May change the record to the form in which it will be sent, such as its value
    /// to bytes, so that sending it again does not encode it again.
    /// </summary>
    /// <exception cref="DataException">The record cannot be sent: too large, or nothing that the destination can hold.</exception>
    protected abstract RequestItem Prepare(ref SinkRecord record);

    /// <summary>
    /// Sends one request. Completes when the destination has durably accepted every record. Called from several threads, for
    /// up to <see cref="RequestOptions.MaxInFlight"/> requests at once. Neither the request nor its memory may be used after
    /// completion.
    /// </summary>
    /// <exception cref="ThrottledException">None was accepted, and the destination asks to slow down.</exception>
    /// <exception cref="RetriableException">None was accepted, or nobody knows; all may be accepted later.</exception>
    /// <exception cref="RecordsFailedException">
    /// All but some were accepted. A failure whose error is a <see cref="ThrottledException"/> asks to slow down.
    /// </exception>
    /// <exception cref="DataException">
    /// None was accepted because of what is in the request. It is sent again in parts until the record at fault is alone;
    /// that one then goes the way of <c>errors.tolerance</c>.
    /// </exception>
    /// <remarks>Any other exception fails the task.</remarks>
    protected abstract ValueTask SendAsync(SinkBatch request, CancellationToken cancellationToken);

    /// <summary>Releases everything. Called exactly once, also when <see cref="OpenAsync"/> has failed.</summary>
    protected virtual Task CloseAsync() => Task.CompletedTask;
}
