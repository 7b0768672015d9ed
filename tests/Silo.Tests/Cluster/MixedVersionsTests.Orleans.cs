using System.Text.Json;
using System.Text.Json.Nodes;
using Exports.Observation;
using Exports.Silo.Engine.Cluster;

namespace Exports.Silo.Tests.Cluster;

/// <summary>While a cluster is upgraded workers of two versions call each other, and read what the other has stored.</summary>
public sealed class MixedVersionsTests
{
    [Fact]
    public void Grains_and_their_calls_are_those_that_the_last_version_knows() => IsAsWrittenDown("calls", Shapes.OfCalls());

    [Fact]
    public void Stored_state_is_what_the_last_version_reads() => IsAsWrittenDown("state", Shapes.OfJson(StateJson.Options, Shapes.StoredStates));

    [Fact]
    public void What_workers_tell_one_another_is_what_the_last_version_reads()
        => IsAsWrittenDown("board", Shapes.OfJson(BoardJson.Options, typeof(ConnectorPart), typeof(TaskLoad), typeof(WorkerReading)));

    [Fact]
    public void State_that_this_version_wrote_is_read_by_every_later_one()
    {
        Assert.NotEmpty(Shapes.StoredStates);
        Assert.All(Shapes.StoredStates, type =>
        {
            // Written by a worker; not to be written anew, only added to.
            var stored = File.ReadAllText(PathOf($"stored/{type.Name}.json"));
            var read = JsonSerializer.Deserialize(stored, type, StateJson.Options);
            var again = JsonSerializer.SerializeToNode(read, type, StateJson.Options)!.AsObject();
            foreach (var (name, value) in JsonNode.Parse(stored)!.AsObject())
                Assert.True(JsonNode.DeepEquals(value, again[name]), $"{type.Name}.{name} was {value?.ToJsonString()}, and is read as {again[name]?.ToJsonString()}");
        });
    }

    [Fact]
    public void State_and_reports_with_fields_of_a_later_version_are_read_without_them()
    {
        foreach (var (type, options) in Shapes.StoredStates.Select(type => (type, StateJson.Options)).Append((typeof(ConnectorPart), BoardJson.Options)))
        {
            var expected = JsonSerializer.Serialize(JsonSerializer.Deserialize("{}", type, options), type, options);

            var read = JsonSerializer.Deserialize("""{ "AddedLater": { "Any": [1, "two"] } }""", type, options);

            Assert.Equal(expected, JsonSerializer.Serialize(read, type, options));
        }
    }

    /// <summary>Holds a shape to the file that was checked in.</summary>
    private static void IsAsWrittenDown(string name, string shape)
    {
        var file = PathOf($"shapes/{name}.txt");
        var received = Path.Combine(AppContext.BaseDirectory, $"{name}.txt");
        File.WriteAllText(received, shape);
        var before = File.Exists(file) ? File.ReadAllLines(file) : [];
        var now = File.ReadAllLines(received);
        Assert.True(
            before.SequenceEqual(now),
            $"""
            What workers of two versions exchange has changed:
            {string.Join('\n', before.Except(now).Select(line => $"- {line}").Concat(now.Except(before).Select(line => $"+ {line}")))}
            See docs/cluster.md, "Upgrading", for what may change between two versions that run side by side. If this may: cp {received} {file}
            """);
    }

    private static string PathOf(string file)
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Exports.sln")))
            directory = Path.GetDirectoryName(directory) ?? throw new DirectoryNotFoundException("no Exports.sln above the tests");
        return Path.Combine(directory, "tests", "Silo.Tests", "Cluster", file);
    }
}
