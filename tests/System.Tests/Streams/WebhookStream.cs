using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Exports.SystemTests.Streams;

/// <summary>A receiver of webhooks, on the framework's own web server.</summary>
internal sealed class WebhookStream : ICustomerStream
{
    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly List<(string Key, byte[] Data)> _accepted = [];
    private readonly Random _random = new();
    private readonly Dictionary<Fault, int> _faults = [];
    private volatile TaskCompletionSource? _stall;
    private volatile bool _fails;

    private WebhookStream(WebApplication app)
    {
        _app = app;
        app.MapPost("/hook", AnswerAsync);
    }

    private enum Fault
    {
        Throttled,
        Unavailable,
        ServerError,
        ServerErrorAfter,
        Reset,
        ResetAfter,
        NoAnswer,
        NoAnswerAfter,
        TooLarge,
    }

    public IReadOnlyDictionary<string, string> Connector => new Dictionary<string, string>
    {
        ["connector.class"] = "HttpSink",
        ["tasks.max"] = "6",
        ["key.converter"] = "org.apache.kafka.connect.storage.StringConverter",
        ["value.converter"] = "org.apache.kafka.connect.converters.ByteArrayConverter",
        ["http.url"] = $"{_app.Urls.Single()}/hook",
        ["http.body.values"] = "base64",
        ["http.body.envelope"] = "true",
        ["http.order"] = "key",
        ["http.timeout.ms"] = "2000",
        // Bodies of requests under way, a megabyte each, come on top of what a task may hold: 24 MB for all tasks rather than 48.
        ["http.max.in.flight"] = "4",
    };

    public IReadOnlyDictionary<string, string?> Environment { get; } = new Dictionary<string, string?>();

    public static async Task<ICustomerStream> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var stream = new WebhookStream(builder.Build());
        await stream._app.StartAsync();
        return stream;
    }

    public Task InjectFaultsAsync()
    {
        _fails = true;
        return Task.CompletedTask;
    }

    public Task StallAsync()
    {
        _stall = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return Task.CompletedTask;
    }

    public Task HealAsync()
    {
        _fails = false;
        _stall?.TrySetResult();
        _stall = null;
        return Task.CompletedTask;
    }

    public Task<long> AcceptedAsync()
    {
        lock (_lock)
            return Task.FromResult((long)_accepted.Count);
    }

    public Task<string> DescribeAsync()
    {
        lock (_lock)
            return Task.FromResult($"{_accepted.Count} records accepted, faults {string.Join(", ", _faults.Select(fault => $"{fault.Key} {fault.Value}"))}");
    }

    public Task<IReadOnlyList<(string Key, byte[] Data)>> ReadAsync(int expected)
    {
        lock (_lock)
            return Task.FromResult<IReadOnlyList<(string Key, byte[] Data)>>([.. _accepted]);
    }

    public async ValueTask DisposeAsync()
    {
        _stall?.TrySetResult();
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body);
        if (_stall is { } stall)
            await stall.Task.WaitAsync(context.RequestAborted);
        var fault = Draw();
        if (fault is null or Fault.ServerErrorAfter or Fault.ResetAfter or Fault.NoAnswerAfter)
        {
            // A request is one unit here, as the sink supposes: its records are accepted together and in order.
            lock (_lock)
            {
                foreach (var record in body.RootElement.EnumerateArray())
                    _accepted.Add((record.GetProperty("key").GetString()!, record.GetProperty("value").GetBytesFromBase64()));
            }
        }

        switch (fault)
        {
            case Fault.Throttled:
                context.Response.Headers.RetryAfter = "1";
                context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                break;
            case Fault.Unavailable:
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                break;
            case Fault.ServerError or Fault.ServerErrorAfter:
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                break;
            case Fault.TooLarge when body.RootElement.GetArrayLength() > 1:
                context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
                break;
            case Fault.TooLarge:
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                break;
            case Fault.Reset or Fault.ResetAfter:
                context.Abort();
                break;
            case Fault.NoAnswer or Fault.NoAnswerAfter:
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                break;
            default:
                break;
        }
    }

    /// <summary>One request in a hundred for each fault; an answer that does not come costs time, so fewer of these.</summary>
    private Fault? Draw()
    {
        if (!_fails)
            return null;
        lock (_lock)
        {
            var fault = (Fault)_random.Next(100);
            if (!Enum.IsDefined(fault) || (fault is Fault.NoAnswer or Fault.NoAnswerAfter && _random.Next(4) > 0))
                return null;
            _faults[fault] = _faults.GetValueOrDefault(fault) + 1;
            return fault;
        }
    }
}
