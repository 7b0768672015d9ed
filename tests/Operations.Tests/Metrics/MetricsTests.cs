using Exports.Harness;

namespace Exports.Operations.Tests.Metrics;

/// <summary>What <c>/metrics</c> says, compared with what was written, what arrived and what was done.</summary>
public sealed class MetricsTests
{
    private const string Name = "counted";

    [Fact]
    public async Task Counts_offsets_lags_latencies_and_states_are_those_of_the_destination_and_of_Kafka()
    {
        await using var stage = await Stage.StartAsync(("metrics.connect.names", "strimzi,confluent"));
        const int records = 300;
        // Bytes: keys k0 … k299, values of 11 bytes.
        var bytes = Enumerable.Range(0, records).Sum(i => $"k{i}".Length + 11);
        var file = await stage.CreateFileAsync(Name, ("tasks.max", "2"));
        await stage.ProduceAsync(records, i => $"{i:00000000000}");
        await Waiting.UntilAsync("all records have arrived", () => Stage.LinesOf(file) == records);
        await Waiting.UntilAsync("their offsets are stored", async () => (await stage.Rest.OffsetsAsync(Name)).Values.Sum() == records);
        await UntilAsync(stage, scrape => scrape.Sum("exports_connector_records_delivered_total", ("connector", Name)) == records
            && scrape.Find("exports_partition_committed_offset", ("connector", Name)).Sum(sample => sample.Value) == records
            && scrape.Find("exports_connector_committed_lag", ("connector", Name)).Any(sample => sample.Value == 0));
        var scrape = await stage.ScrapeAsync();

        foreach (var count in new[]
        {
            "exports_task_records_read_total", "exports_task_records_delivered_total", "kafka_connect_sink_task_sink_record_read_total",
            "kafka_connect_sink_task_sink_record_send_total", "kafka_connect_sink_task_metrics_sink_record_read_total", "exports_task_latency_seconds_count",
            "exports_partition_end_offset", "exports_partition_committed_offset", "exports_partition_acknowledged_offset",
        })
        {
            Assert.Equal((count, (double)records), (count, scrape.Sum(count, ("connector", Name))));
        }

        Assert.Equal(bytes, scrape.Sum("exports_task_read_bytes_total", ("connector", Name)));
        Assert.Equal(bytes, scrape.Sum("exports_task_delivered_bytes_total", ("connector", Name)));
        Assert.Equal(records, scrape.Sum("exports_task_latency_seconds_bucket", ("connector", Name), ("le", "+Inf")));
        Assert.Equal(Stage.Partitions, scrape.Sum("kafka_connect_sink_task_partition_count", ("connector", Name)));
        Assert.Equal(Stage.Partitions, scrape.Find("kafka_consumer_fetch_manager_records_lag").Count(sample => sample.Value == 0));
        Assert.Equal(1, scrape.Sum("kafka_connect_worker_connector_count"));
        Assert.Equal(2, scrape.Sum("kafka_connect_worker_task_count"));
        Assert.Equal(2, scrape.Sum("kafka_connect_worker_connector_running_task_count", ("connector", Name)));
        Assert.Equal(1, scrape.Sum("kafka_connect_connector_status", ("connector", Name), ("status", "running")));
        Assert.Equal(1, scrape.Sum("kafka_connect_connector_metrics", ("connector", Name), ("status", "running")));
        Assert.Equal(2, scrape.Sum("kafka_connect_connector_task_status", ("connector", Name), ("status", "running")));
        Assert.Equal(1, scrape.Sum("exports_connector_health", ("connector", Name), ("health", "healthy")));
        Assert.Equal(2, scrape.Sum("kafka_connect_worker_task_startup_success_total"));
        Assert.Equal(0, scrape.Sum("kafka_connect_worker_rebalance_rebalancing"));
        foreach (var above in new[] { "exports_worker_lanes", "exports_worker_activations", "process_cpu_seconds_total", "process_resident_memory_bytes", "exports_task_puts_total", "kafka_connect_sink_task_offset_commit_completion_total" })
            Assert.True(scrape.Sum(above) > 0, above);

        (await stage.Http.PutAsync($"/connectors/{Name}/pause", null, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        await UntilAsync(stage, paused => paused.Find("kafka_connect_connector_status", ("connector", Name), ("status", "paused")).Any()
            && paused.Sum("kafka_connect_worker_connector_paused_task_count", ("connector", Name)) == 2);
        await stage.ProduceAsync(30);
        await UntilAsync(stage, paused => paused.Find("exports_connector_committed_lag", ("connector", Name)).Any(sample => sample.Value == 30));
    }

    [Fact]
    public async Task Skipped_records_and_restarts_are_counted()
    {
        await using var stage = await Stage.StartAsync();
        var file = await stage.CreateFileAsync(
            Name, ("value.converter", "org.apache.kafka.connect.json.JsonConverter"), ("value.converter.schemas.enable", "false"), ("errors.tolerance", "all"));
        await stage.ProduceAsync(30, i => i % 3 == 0 ? "{ no json" : "{}");
        await UntilAsync(stage, scrape => scrape.Find("kafka_connect_task_error_total_records_skipped", ("connector", Name)).Any(sample => sample.Value == 10));
        Assert.Equal(20, Stage.LinesOf(file));
        var skipped = await stage.ScrapeAsync();
        Assert.Equal(10, skipped.Sum("kafka_connect_task_error_total_record_errors", ("connector", Name)));
        Assert.True(skipped.Sum("kafka_connect_task_error_last_error_timestamp", ("connector", Name)) > 1.6e12);

        await stage.CreateAsync("failing", ("connector.class", "FileStreamSink"), ("file", "/no/such/directory/file"));
        await UntilAsync(stage, scrape =>
        {
            var failures = scrape.Find("exports_task_failures_total", ("connector", "failing")).Sum(sample => sample.Value);
            return failures >= 2 && scrape.Sum("exports_task_restarts_total", ("connector", "failing")) == failures;
        });
    }

    [Fact]
    public async Task Records_that_Kafka_removed_before_they_were_read_are_counted()
    {
        await using var stage = await Stage.StartAsync();
        var file = await stage.CreateFileAsync(Name);
        await stage.ProduceAsync(30);
        await Waiting.UntilAsync("their offsets are stored", async () => (await stage.Rest.OffsetsAsync(Name)).Values.Sum() == 30);
        (await stage.Http.PutAsync($"/connectors/{Name}/stop", null, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();

        // The embedded Kafka keeps 5 MiB of a partition.
        var value = new string('x', 10_000);
        const int records = Stage.Partitions * 800;
        await stage.ProduceAsync(records, _ => value);
        var missed = stage.Beginnings().Sum(offset => offset - (30 / Stage.Partitions));
        Assert.True(missed > 0);
        (await stage.Http.PutAsync($"/connectors/{Name}/resume", null, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        await Waiting.UntilAsync("what there is arrives", () => Stage.LinesOf(file) == 30 + records - missed);
        await UntilAsync(stage, scrape => scrape.Sum("exports_task_records_missed_total", ("connector", Name)) == missed);
        Assert.Equal(missed, (await stage.DetailAsync(Name)).GetProperty("task_list")[0].GetProperty("records_missed_total").GetInt64());
    }

    [Theory]
    [InlineData("none", false, false, false)]
    [InlineData("worker", false, false, false)]
    [InlineData("connector", true, false, false)]
    [InlineData("task", true, true, false)]
    public async Task How_far_metrics_go_into_detail_is_chosen(string detail, bool hasConnectors, bool hasTasks, bool hasPartitions)
    {
        await using var stage = await Stage.StartAsync(("metrics.detail", detail));
        await stage.CreateFileAsync(Name);
        await stage.Rest.WaitUntilRunningAsync(Name, 1);
        if (detail == "none")
        {
            Assert.Equal(System.Net.HttpStatusCode.NotFound, (await stage.Http.GetAsync("/metrics", TestContext.Current.CancellationToken)).StatusCode);
            return;
        }

        if (hasConnectors)
            await UntilAsync(stage, scrape => scrape.Find("exports_connector_health", ("health", "healthy")).Any());
        var text = (await stage.ScrapeAsync()).Text;
        Assert.Contains("exports_worker_info", text, StringComparison.Ordinal);
        Assert.Equal(hasConnectors, text.Contains("exports_connector_health{", StringComparison.Ordinal));
        Assert.Equal(hasTasks, text.Contains("exports_task_records_read_total{", StringComparison.Ordinal));
        Assert.Equal(hasPartitions, text.Contains("exports_partition_", StringComparison.Ordinal));
    }

    private static Task UntilAsync(Stage stage, Func<Scrape, bool> condition)
        => Waiting.UntilAsync("the metrics say so", async () => condition(await stage.ScrapeAsync()));
}
