using System.Collections.Concurrent;
using System.Text.Json;
using System.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Exports.Connectors.Kinesis.Tests;

/// <summary>What a client sent.</summary>
internal sealed record FakeRequest(string Action, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string AccessKey => Headers["Authorization"].Split("Credential=")[1].Split('/')[0];

    public string? Form(string name) => HttpUtility.ParseQueryString(Body)[name];
}

/// <summary>What a client gets.</summary>
internal sealed record FakeAnswer(int Status, string Body)
{
    public string ContentType { get; init; } = KinesisClient.ContentType;

    /// <summary>The header Date; null for the true one.</summary>
    public DateTimeOffset? Date { get; init; }

    public static FakeAnswer Accepted { get; } = new(200, """{"FailedRecordCount":0,"Records":[]}""");

    public static FakeAnswer Error(string code, string message = "why", int status = 400)
        => new(status, $$"""{"__type":"{{code}}","message":"{{message}}"}""");

    public static FakeAnswer Session(string accessKey, string token = "token") => new(
        200,
        $"""
        <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
        <AccessKeyId>{accessKey}</AccessKeyId><SecretAccessKey>session-secret</SecretAccessKey><SessionToken>{token}</SessionToken>
        <Expiration>{DateTimeOffset.UtcNow.AddHours(1):yyyy-MM-dd'T'HH:mm:ss'Z'}</Expiration></Credentials></AssumeRoleResult>
        <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></AssumeRoleResponse>
        """)
    {
        ContentType = "text/xml",
    };

    public static FakeAnswer StsError(string code, string message, int status = 403) => new(
        status,
        $"""
        <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>{code}</Code>
        <Message>{message}</Message></Error><RequestId>1</RequestId></ErrorResponse>
        """)
    {
        ContentType = "text/xml",
    };
}

/// <summary>A service of AWS whose answers a test decides on; Kinesis and the token service at one address.</summary>
internal sealed class FakeAws : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeAws(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    /// <summary>Everything that was asked, in order of arrival.</summary>
    public ConcurrentQueue<FakeRequest> Requests { get; } = [];

    public static Task<FakeAws> StartAsync(Func<FakeRequest, FakeAnswer> answer)
        => StartAsync(request => Task.FromResult(answer(request)));

    public static async Task<FakeAws> StartAsync(Func<FakeRequest, Task<FakeAnswer>> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").UseKestrel(options => options.Limits.MaxRequestBodySize = null);
        var app = builder.Build();
        var service = new FakeAws(app);
        app.Run(context => service.ServeAsync(context, answer));
        await app.StartAsync();
        return service;
    }

    public int Count(string action) => Requests.Count(request => request.Action == action);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task ServeAsync(HttpContext context, Func<FakeRequest, Task<FakeAnswer>> answer)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var target = context.Request.Headers["X-Amz-Target"].ToString();
        var request = new FakeRequest(
            target.Length > 0 ? target.Split('.')[1] : HttpUtility.ParseQueryString(body)["Action"] ?? "",
            context.Request.Headers.ToDictionary(
                header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body);
        Requests.Enqueue(request);
        var given = await answer(request);
        if (given.Status == 0)
        {
            context.Features.Get<IHttpRequestLifetimeFeature>()!.Abort();
            return;
        }

        context.Response.StatusCode = given.Status;
        context.Response.ContentType = given.ContentType;
        if (given.Date is { } date)
            context.Response.Headers.Date = date.ToString("R");
        await context.Response.WriteAsync(given.Body);
    }
}
