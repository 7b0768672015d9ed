using Exports.Silo.Configuration;

namespace Exports.Silo.Tests.Configuration;

public sealed class EnvironmentKeysTests
{
    [Theory]
    [InlineData("CONNECT_BOOTSTRAP_SERVERS", "bootstrap.servers")]
    [InlineData("CONNECT_CONSUMER_FETCH_MAX_WAIT_MS", "consumer.fetch.max.wait.ms")]
    [InlineData("CONNECT_VALUE_CONVERTER_SCHEMAS_ENABLE", "value.converter.schemas.enable")]
    [InlineData("CONNECT_CONFIG_PROVIDERS_MY__FILES_CLASS", "config.providers.my_files.class")]
    [InlineData("CONNECT_CONFIG_PROVIDERS_MY___FILES_CLASS", "config.providers.my-files.class")]
    [InlineData("BOOTSTRAP_SERVERS", "bootstrap.servers")]
    [InlineData("GROUP_ID", "group.id")]
    [InlineData("SHUTDOWN_TIMEOUT", "task.shutdown.graceful.timeout.ms")]
    public void A_variable_names_its_key_as_in_the_well_known_images(string variable, string key)
    {
        var keys = EnvironmentKeys.Read(new Dictionary<string, string> { [variable] = "value" });

        Assert.Equal((key, ("value", variable)), (Assert.Single(keys).Key, keys[key]));
    }

    [Fact]
    public void The_name_with_the_prefix_wins_over_the_one_without()
    {
        var keys = EnvironmentKeys.Read(new Dictionary<string, string> { ["GROUP_ID"] = "without", ["CONNECT_GROUP_ID"] = "with" });

        Assert.Equal(("with", "CONNECT_GROUP_ID"), keys["group.id"]);
    }

    [Fact]
    public void Other_programs_variables_are_left_alone()
        => Assert.Empty(EnvironmentKeys.Read(new Dictionary<string, string>
        {
            ["PATH"] = "/bin",
            ["LISTENERS"] = "http://:1",
            ["CONNECT_"] = "x",
            ["KAFKA_BOOTSTRAP_SERVERS"] = "x",
        }));
}
