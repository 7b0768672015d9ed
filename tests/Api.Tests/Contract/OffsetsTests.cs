using Exports.Grains;

namespace Exports.Api.Tests;

/// <summary>Changing offsets: what is accepted, what is said, and every way to get it wrong.</summary>
public sealed class OffsetsTests
{
    private const string Partition = """{"kafka_topic":"t","kafka_partition":0}""";
    private const string None = "Partitions / offsets need to be provided for an alter offsets request";
    private const string Keys =
        "The partition for a sink connector offset must contain the keys 'kafka_topic' and 'kafka_partition'";

    private const string AlteredHere =
        "The Connect framework-managed offsets for this connector have been altered successfully. However, if this connector "
        + "manages offsets externally, they will need to be manually altered in the system that the connector uses.";

    private const string StillActive =
        "consumer group offsets for connector c either because its tasks haven't stopped completely yet or the connector was "
        + "resumed before the request to";

    [Theory]
    [InlineData("5")]
    [InlineData("\"5\"")]
    public async Task Offsets_are_altered_whether_numbers_are_numbers_or_text(string number)
    {
        await using var server = await ApiServer.StartAsync();
        var connector = server.Grains.Create("c", state: TargetState.Stopped);
        connector.Offsets = [new("t", 1, 9)];

        await server.ExpectJsonAsync(
            """{"message":"The offsets for this connector have been altered successfully"}""", 200, "PATCH", "/connectors/c/offsets?forward=true",
            $$$"""{"offsets":[{"partition":{"kafka_topic":"t","kafka_partition":{{{number}}}},"offset":{"kafka_offset":{{{number}}}}},{"partition":{"kafka_topic":"t","kafka_partition":1},"offset":null}]}""");

        await server.ExpectJsonAsync(
            """{"offsets":[{"partition":{"kafka_topic":"t","kafka_partition":5},"offset":{"kafka_offset":5}}]}""",
            200, "GET", "/connectors/c/offsets");
        await server.ExpectJsonAsync(
            """{"message":"The offsets for this connector have been reset successfully"}""", 200, "DELETE", "/connectors/c/offsets");
        await server.ExpectJsonAsync("""{"offsets":[]}""", 200, "GET", "/connectors/c/offsets");
        await server.ExpectAsync(200, "DELETE", "/connectors/c/offsets");
    }

    [Fact]
    public async Task A_plugin_that_does_not_know_of_offsets_elsewhere_is_told_apart()
    {
        await using var server = await ApiServer.StartAsync();
        server.Grains.Create("c", state: TargetState.Stopped).Alteration = new(AlterOffsetsOutcome.AlteredHere);
        var body = $$$"""{"offsets":[{"partition":{{{Partition}}},"offset":{"kafka_offset":1}}]}""";
        await server.ExpectJsonAsync($$$"""{"message":"{{{AlteredHere}}}"}""", 200, "PATCH", "/connectors/c/offsets", body);
        await server.ExpectJsonAsync(
            $$$"""{"message":"{{{AlteredHere.Replace("been altered", "been reset")}}}"}""", 200, "DELETE", "/connectors/c/offsets");
    }

    [Theory]
    [InlineData("{}", None)]
    [InlineData("""{"offsets":null}""", None)]
    [InlineData("""{"offsets":[]}""", None)]
    [InlineData("""{"offsets":{}}""", "Invalid value for 'offsets': must be an array, not an object")]
    [InlineData("""{"offset":[]}""", "Unrecognized field \"offset\"; known are offsets")]
    [InlineData("""{"offsets":[1]}""", "Invalid value for an entry of 'offsets': must be an object, not a number")]
    [InlineData("""{"offsets":[{"partition":{},"offsets":{}}]}""", "Unrecognized field \"offsets\"; known are partition, offset")]
    [InlineData("""{"offsets":[{"offset":{"kafka_offset":1}}]}""", "The partition for a sink connector offset cannot be null or missing")]
    [InlineData("""{"offsets":[{"partition":null}]}""", "The partition for a sink connector offset cannot be null or missing")]
    [InlineData("""{"offsets":[{"partition":[]}]}""", "Invalid value for 'partition': must be an object, not an array")]
    [InlineData("""{"offsets":[{"partition":{}}]}""", Keys)]
    [InlineData("""{"offsets":[{"partition":{"kafka_topic":"t"}}]}""", Keys)]
    [InlineData("""{"offsets":[{"partition":{"kafka_partition":0}}]}""", Keys)]
    [InlineData(
        """{"offsets":[{"partition":{"kafka_topic":null,"kafka_partition":0}}]}""",
        "Kafka topic names must be valid strings and may not be null")]
    [InlineData(
        """{"offsets":[{"partition":{"kafka_topic":"t","kafka_partition":null}}]}""",
        "Kafka partitions must be valid numbers and may not be null")]
    [InlineData(
        """{"offsets":[{"partition":{"kafka_topic":"t","kafka_partition":"x"}}]}""",
        "Failed to parse the following Kafka partition value in the provided offsets: 'x'. Partition values for sink connectors need to be integers.")]
    [InlineData(
        """{"offsets":[{"partition":{"kafka_topic":"t","kafka_partition":1.5}}]}""",
        "Failed to parse the following Kafka partition value in the provided offsets: '1.5'. Partition values for sink connectors need to be integers.")]
    [InlineData(
        """{"offsets":[{"partition":{"kafka_topic":"t","kafka_partition":-1}}]}""",
        "Invalid value -1 for 'kafka_partition': must be at least 0")]
    [InlineData(
        $$$"""{"offsets":[{"partition":{{{Partition}}},"offset":{}}]}""",
        "The offset for a sink connector should either be null or contain the key 'kafka_offset'")]
    [InlineData(
        $$$"""{"offsets":[{"partition":{{{Partition}}},"offset":{"kafka_offset":null}}]}""",
        "Failed to parse the following Kafka offset value in the provided offsets: 'null'. Offset values for sink connectors need to be integers.")]
    [InlineData(
        $$$"""{"offsets":[{"partition":{{{Partition}}},"offset":{"kafka_offset":"x"}}]}""",
        "Failed to parse the following Kafka offset value in the provided offsets: 'x'. Offset values for sink connectors need to be integers.")]
    [InlineData(
        $$$"""{"offsets":[{"partition":{{{Partition}}},"offset":{"kafka_offset":-2}}]}""",
        "Invalid value -2 for 'kafka_offset': must be at least 0")]
    public async Task Offsets_that_are_wrong_are_refused_and_nothing_is_changed(string body, string message)
    {
        await using var server = await ApiServer.StartAsync();
        var connector = server.Grains.Create("c", state: TargetState.Stopped);
        Assert.Equal(message, await server.ExpectErrorAsync(400, "PATCH", "/connectors/c/offsets", body));
        Assert.DoesNotContain("alter", connector.Calls);
        if (!body.StartsWith("""{"offsets":""", StringComparison.Ordinal))
            return;
        var list = body["""{"offsets":""".Length..^1];
        var create = $$$"""{"name":"n","config":{"connector.class":"TestSink","topics":"t"},"initial_offsets":{{{list}}}}""";
        if (list == "null")
        {
            await server.ExpectAsync(201, "POST", "/connectors", create);
            return;
        }

        Assert.Equal(message, await server.ExpectErrorAsync(400, "POST", "/connectors", create));
        await server.ExpectErrorAsync(404, "GET", "/connectors/n");
    }

    [Fact]
    public async Task What_stands_in_the_way_of_a_change_is_told()
    {
        await using var server = await ApiServer.StartAsync();
        var connector = server.Grains.Create("c", state: TargetState.Stopped);
        var body = $$$"""{"offsets":[{"partition":{{{Partition}}},"offset":{"kafka_offset":1}}]}""";

        connector.Alteration = new(AlterOffsetsOutcome.StillActive, "It has members.");
        Assert.StartsWith($"Failed to alter {StillActive} alter", await server.ExpectErrorAsync(500, "PATCH", "/connectors/c/offsets", body));
        Assert.StartsWith($"Failed to reset {StillActive} reset", await server.ExpectErrorAsync(500, "DELETE", "/connectors/c/offsets"));
        connector.Alteration = new(AlterOffsetsOutcome.Invalid, "There is no partition 9.");
        Assert.Equal("There is no partition 9.", await server.ExpectErrorAsync(400, "PATCH", "/connectors/c/offsets", body));
        connector.Alteration = new(AlterOffsetsOutcome.Failed, "Kafka did not answer.");
        Assert.Equal(
            "Failed to alter the offsets of connector c; they are as they were: Kafka did not answer.",
            await server.ExpectErrorAsync(500, "PATCH", "/connectors/c/offsets", body));

        connector.OffsetsProblem = "Kafka did not answer.";
        Assert.Equal(
            "The offsets of connector c cannot be told at present: Kafka did not answer.",
            await server.ExpectErrorAsync(500, "GET", "/connectors/c/offsets"));
        connector.Offsets = [new("t", 0, 3)];
        Assert.Contains("\"kafka_offset\":3", await server.ExpectAsync(200, "GET", "/connectors/c/offsets"));
    }

    [Fact]
    public async Task A_connector_is_created_with_its_initial_offsets_or_not_at_all()
    {
        await using var server = await ApiServer.StartAsync();
        var body = $$$"""
            {"name":"c","config":{"connector.class":"TestSink","topics":"t"},"initial_state":"stopped",
             "initial_offsets":[{"partition":{{{Partition}}},"offset":{"kafka_offset":5}}]}
            """;
        server.Grains["c"].Alteration = new(AlterOffsetsOutcome.StillActive, "It has members.");
        Assert.StartsWith($"Failed to alter {StillActive}", await server.ExpectErrorAsync(500, "POST", "/connectors", body));
        await server.ExpectErrorAsync(404, "GET", "/connectors/c");

        server.Grains["c"].Alteration = new(AlterOffsetsOutcome.Altered);
        await server.ExpectJsonAsync(
            """
            {"name":"c","config":{"connector.class":"TestSink","topics":"t","name":"c"},"tasks":[],"type":"sink",
             "offsets_status":"The offsets for this connector have been altered successfully"}
            """,
            201, "POST", "/connectors", body);
        await server.ExpectJsonAsync(
            $$$"""{"offsets":[{"partition":{{{Partition}}},"offset":{"kafka_offset":5}}]}""", 200, "GET", "/connectors/c/offsets");
        Assert.Equal("Connector c already exists", await server.ExpectErrorAsync(409, "POST", "/connectors", body));
    }
}
