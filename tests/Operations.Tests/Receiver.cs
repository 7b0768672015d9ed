using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Exports.Operations.Tests;

/// <summary>A destination of requests that answers as it is told: with a status, or never.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TaskCompletionSource _end = new();
    private int _status = 200;
    private int _accepted;

    private Receiver(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    /// <summary>How many requests were accepted.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var receiver = new Receiver(app);
        app.MapPost("/", receiver.AnswerAsync);
        await app.StartAsync();
        return receiver;
    }

    /// <summary>Whether a request told of a trace.</summary>
    public bool WasTraced { get; private set; }

    /// <summary>Answers with a status from now on; 0 for never.</summary>
    public void Answer(int status) => Volatile.Write(ref _status, status);

    public async ValueTask DisposeAsync()
    {
        _end.TrySetResult();
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task<IResult> AnswerAsync(HttpRequest request)
    {
        WasTraced |= request.Headers.ContainsKey("traceparent");
        await request.Body.CopyToAsync(Stream.Null, request.HttpContext.RequestAborted);
        var status = Volatile.Read(ref _status);
        if (status == 0)
            await _end.Task.WaitAsync(request.HttpContext.RequestAborted);
        if (status == 200)
            Interlocked.Increment(ref _accepted);
        return Results.StatusCode(status);
    }
}
