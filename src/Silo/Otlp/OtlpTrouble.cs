using System.Diagnostics.Tracing;

namespace Exports.Silo.Otlp;

/// <summary>
/// Logs that a push did not come through, which OpenTelemetry's SDK tells only to listeners: the first time, and then once in
/// a while. Metrics come with the next push; spans are lost.
/// </summary>
internal sealed partial class OtlpTrouble(Uri endpoint, TimeProvider time, ILogger<OtlpTrouble> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private Listener? _listener;
    private DateTimeOffset _quietUntil;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener = new(this);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener?.Dispose();

    private void Report(string what)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (now < _quietUntil)
                return;
            _quietUntil = now + s_pause;
        }

        Log.NotPushed(logger, endpoint, what, s_pause.TotalMinutes);
    }

    private sealed class Listener(OtlpTrouble owner) : EventListener
    {
        private const string Exporter = "OpenTelemetry-Exporter-OpenTelemetryProtocol";

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == Exporter)
                EnableEvents(eventSource, EventLevel.Warning);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            var payload = eventData.Payload is { } given ? [.. given.Select(value => FirstLine(value?.ToString()))] : Array.Empty<string>();
            owner.Report(eventData.Message is { } message && payload.Length > 0
                ? string.Format(System.Globalization.CultureInfo.InvariantCulture, message, [.. payload])
                : eventData.Message ?? eventData.EventName ?? "unknown trouble");
        }

        private static string FirstLine(string? text)
        {
            var end = text.AsSpan().IndexOfAny('\r', '\n');
            return text is null ? "" : end < 0 ? text : text[..end];
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Metrics or traces do not come through to {Endpoint}: {Reason} Told again after {Minutes} minutes at the earliest. Connectors are not affected.")]
        public static partial void NotPushed(ILogger logger, Uri endpoint, string reason, double minutes);
    }
}
