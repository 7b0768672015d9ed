using Exports.Harness;
using Google.Protobuf.Collections;

namespace Exports.Operations.Tests.Otlp;

/// <summary>What a collector gets by OTLP.</summary>
public sealed class OtlpTests
{
    private const string Wide = "wide";
    private const int WidePartitions = 2100;

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task Metrics_as_they_are_scraped_and_traces_of_requests_and_of_puts_are_pushed(string protocol)
    {
        await using var collector = await Collector.StartAsync(protocol == "grpc", key: "s3cret");
        await using var stage = await Stage.StartAsync(
            [(Wide, WidePartitions)],
            ("otlp.endpoint", collector.Address), ("otlp.protocol", protocol), ("otlp.headers", "x-key=s3cret"),
            ("otlp.metrics.interval.ms", "250"), ("otlp.metrics.max.series", "5000"), ("otlp.traces.sample.ratio", "1"));
        await stage.ProduceAsync(300);
        var file = await stage.CreateFileAsync("pushed");
        await stage.CreateFileAsync("many", ("topics", Wide));
        await Waiting.UntilAsync("all records have arrived", () => Stage.LinesOf(file) == 300);

        await Waiting.UntilAsync("they are counted at the collector", () => Value(collector, "exports_connector_records_delivered_total", "pushed") == 300);
        await Waiting.UntilAsync("so is the lag", () => Value(collector, "exports_connector_committed_lag", "pushed") == 0);
        await Waiting.UntilAsync("more series than the SDK takes of itself come", () =>
            collector.PointsOf("exports_partition_end_offset").Count(point => Text(point.Labels, "connector") == "many") == WidePartitions);
        Assert.DoesNotContain(collector.PointsOf("exports_partition_end_offset"), point => point.Labels.Any(label => label.Key == "otel.metric.overflow"));
        var scraped = (await stage.ScrapeAsync()).Names.ToHashSet();
        foreach (var metric in collector.Metrics!.Resources.SelectMany(resource => resource.Scopes).SelectMany(scope => scope.Metrics))
            Assert.Contains(metric.Name, scraped);
        var origin = collector.Metrics.Resources.Single().Origin.Labels;
        Assert.Equal(("exports", stage.Address.Authority), (Text(origin, "service.name"), Text(origin, "service.instance.id")));

        await Waiting.UntilAsync("puts with all records are traced", () => collector.Spans.Where(span => IsPut(span, "pushed")).Sum(span => Number(span.Labels, "messaging.batch.message_count")) == 300);
        var put = collector.Spans.First(span => IsPut(span, "pushed"));
        Assert.Empty(put.ParentSpanId);
        Assert.True(put.End >= put.Start);
        Assert.Equal((0, Stage.Topic, 1), (Number(put.Labels, "exports.task"), Text(put.Labels, "messaging.kafka.topic"), Number(put.Labels, "exports.attempt")));
        await Waiting.UntilAsync("the request that created it is traced", () => collector.Spans.Any(span => span.Name == "PUT /connectors/{name}/config"));
        await stage.Http.GetStringAsync("/metrics");
        await stage.Http.GetStringAsync("/connectors");
        await Waiting.UntilAsync("the request behind it is traced", () => collector.Spans.Any(span => span.Name == "GET /connectors"));
        Assert.DoesNotContain(collector.Spans, span => Text(span.Labels, "url.path") == "/metrics");
        Assert.DoesNotContain("s3cret", stage.Worker.Process.ReadLog());
    }

    [Fact]
    public async Task What_fails_is_traced_as_such_without_its_words()
    {
        await using var collector = await Collector.StartAsync(isGrpc: false);
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer(401);
        await using var stage = await Stage.StartAsync(
            ("otlp.endpoint", collector.Address), ("otlp.protocol", "http/protobuf"), ("otlp.metrics.enable", "false"), ("otlp.traces.sample.ratio", "1"));
        await stage.CreateAsync("refused", ("connector.class", "HttpSink"), ("http.url", receiver.Address), ("task.restart.delay.max.ms", "500"));
        await stage.ProduceAsync(3);

        await Waiting.UntilAsync("an attempt has failed", () => collector.Spans.Any(span => IsPut(span, "refused") && span.Outcome?.Code == 2));
        var failed = collector.Spans.First(span => IsPut(span, "refused") && span.Outcome?.Code == 2);
        Assert.Equal("Credentials", failed.Outcome.Message);
        Assert.StartsWith("Exports.Connectors.", Text(failed.Labels, "error.type"));
        receiver.Answer(200);
        await Waiting.UntilAsync("a later one succeeds", () => collector.Spans.Any(span => IsPut(span, "refused") && span.Outcome is not { Code: 2 }));
        Assert.False(receiver.WasTraced, "a destination is a customer's");
        Assert.Null(collector.Metrics);
    }

    [Fact]
    public async Task A_collector_that_does_not_answer_is_told_in_the_log_and_disturbs_nothing_and_unsampled_traces_stay_here()
    {
        await using var stage = await Stage.StartAsync(("otlp.endpoint", "http://127.0.0.1:1"), ("otlp.metrics.interval.ms", "250"), ("otlp.traces.sample.ratio", "0"));
        await stage.ProduceAsync(100);
        var file = await stage.CreateFileAsync("undisturbed");

        await Waiting.UntilAsync("all records have arrived", () => Stage.LinesOf(file) == 100);
        await Waiting.UntilAsync("the log says that nothing comes through", () => stage.Worker.Process.ReadLog().Contains("do not come through to http://127.0.0.1:1/", StringComparison.Ordinal));
        Assert.Single(stage.Worker.Process.ReadLog().Split('\n'), line => line.Contains("do not come through", StringComparison.Ordinal));

        await using var collector = await Collector.StartAsync(isGrpc: true);
        await using var other = await Stage.StartAsync(("otlp.endpoint", collector.Address), ("otlp.metrics.interval.ms", "250"), ("otlp.traces.sample.ratio", "0"));
        await other.ProduceAsync(100);
        await other.CreateFileAsync("silent");
        await Waiting.UntilAsync("metrics come", () => Value(collector, "exports_connector_records_delivered_total", "silent") == 100);
        using var traced = new HttpRequestMessage(HttpMethod.Get, "/connectors");
        traced.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        using var answer = await other.Http.SendAsync(traced);
        await Waiting.UntilAsync("a request that its caller traces is traced", () => collector.Spans.Any());
        Assert.Equal("0AF7651916CD43DD8448EB211C80319C", Convert.ToHexString(Assert.Single(collector.Spans).TraceId.Span));
    }

    private static bool IsPut(PushedSpan span, string connector) => span.Name == "put" && Text(span.Labels, "exports.connector") == connector;

    private static double? Value(Collector collector, string metric, string connector)
        => collector.PointsOf(metric).FirstOrDefault(point => Text(point.Labels, "connector") == connector)?.Value;

    private static string? Text(RepeatedField<Label> labels, string key) => labels.FirstOrDefault(label => label.Key == key)?.Value.Text;

    private static long Number(RepeatedField<Label> labels, string key) => labels.Single(label => label.Key == key).Value.Number;
}
