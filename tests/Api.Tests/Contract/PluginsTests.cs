using System.Text.Json;

namespace Exports.Api.Tests;

/// <summary>Plugins, and checking configurations for them.</summary>
public sealed class PluginsTests
{
    private const string ValidatePath = "/connector-plugins/TestSink/config/validate";

    [Fact]
    public async Task Connectors_are_listed_and_all_plugins_on_request()
    {
        await using var server = await ApiServer.StartAsync();
        const string sink = """{"class":"Exports.Api.Tests.TestSinkConnector","type":"sink","version":"1.2.3"}""";
        Assert.Equal($"[{sink}]", await server.ExpectAsync(200, "GET", "/connector-plugins"));
        Assert.Equal($"[{sink}]", await server.ExpectAsync(200, "GET", "/connector-plugins?connectorsOnly=true"));
        var all = await server.ExpectAsync(200, "GET", "/connector-plugins?connectorsOnly=false");
        Assert.StartsWith($"[{sink},", all);
        Assert.Contains("\"type\":\"converter\"", all);
    }

    [Theory]
    [InlineData("TestSink", "TestSink")]
    [InlineData("TestSinkConnector", "TestSink")]
    [InlineData("TestSink", "Exports.Api.Tests.TestSinkConnector")]
    [InlineData("Exports.Api.Tests.TestSinkConnector", "TestSink")]
    [InlineData("TestSink", "org.example.TestSinkConnector")]
    [InlineData("org.example.TestSinkConnector", "Exports.Api.Tests.TestSinkConnector")]
    public async Task A_configuration_is_checked_whatever_name_the_plugin_is_given_by(string plugin, string connectorClass)
    {
        await using var server = await ApiServer.StartAsync();
        var body = await server.ExpectAsync(
            200,
            "PUT",
            $"/connector-plugins/{plugin}/config/validate",
            $$"""{"name":"n","connector.class":"{{connectorClass}}","topics":"t"}""");
        using var json = JsonDocument.Parse(body);
        Assert.Equal(["name", "error_count", "groups", "configs"], Names(json.RootElement));
        Assert.Equal(connectorClass, json.RootElement.GetProperty("name").GetString());
        Assert.True(json.RootElement.GetProperty("error_count").GetInt32() == 0, body);
        var config = json.RootElement.GetProperty("configs").EnumerateArray()
            .Single(entry => entry.GetProperty("definition").GetProperty("name").GetString() == "test.target");
        const string expected = """
            {
                "definition":{
                    "name":"test.target","type":"STRING","required":false,"default_value":"nowhere","importance":"HIGH",
                    "documentation":"Where to.","group":"Test","width":"MEDIUM","display_name":"test.target","dependents":[],
                    "order":1
                },
                "value":{"name":"test.target","value":"nowhere","recommended_values":[],"errors":[],"visible":true}
            }
            """;
        Assert.Equal(ApiServer.Canonical(expected), ApiServer.Canonical(config.GetRawText()));
    }

    [Fact]
    public async Task A_check_that_finds_errors_succeeds()
    {
        await using var server = await ApiServer.StartAsync();
        var body = await server.ExpectAsync(
            200, "PUT", ValidatePath, """{"name":"n","connector.class":"TestSink","topics":"t","tasks.max":0}""");
        using var json = JsonDocument.Parse(body);
        Assert.Equal(1, json.RootElement.GetProperty("error_count").GetInt32());
        var value = json.RootElement.GetProperty("configs").EnumerateArray()
            .Select(entry => entry.GetProperty("value")).Single(value => value.GetProperty("name").GetString() == "tasks.max");
        Assert.Equal(
            "Invalid value 0 for configuration tasks.max: Value must be at least 1",
            value.GetProperty("errors")[0].GetString());
    }

    [Fact]
    public async Task A_check_shows_no_password()
    {
        await using var server = await ApiServer.StartAsync();
        var body = await server.ExpectAsync(
            200, "PUT", ValidatePath, """{"name":"n","connector.class":"TestSink","topics":"t","test.secret":"hunter2"}""");
        Assert.DoesNotContain("hunter2", body);
        Assert.Contains("[hidden]", body);
    }

    [Fact]
    public async Task A_key_that_nobody_reads_is_logged_with_the_nearest_one()
    {
        await using var server = await ApiServer.StartAsync();
        await server.ExpectAsync(
            201, "PUT", "/connectors/n/config", """{"connector.class":"TestSink","topics":"t","test.targte":"x"}""");
        Assert.Contains(
            "Connector n: nobody reads the configuration key 'test.targte'; did you mean 'test.target'?",
            server.Logs.Entries.Select(entry => entry.Message));
    }

    [Fact]
    public async Task Keys_that_change_nothing_are_named_as_warnings()
    {
        await using var server = await ApiServer.StartAsync();
        var body = await server.ExpectAsync(
            200, "PUT", ValidatePath, """{"name":"n","connector.class":"TestSink","topics":"t","test.targte":"x","test.old":"y"}""");
        using var json = JsonDocument.Parse(body);
        Assert.Equal(0, json.RootElement.GetProperty("error_count").GetInt32());
        Assert.Equal(
            [
                "nobody reads the configuration key 'test.targte'; did you mean 'test.target'?",
                "the configuration key 'test.old' has no effect: nobody needs it any more",
            ],
            json.RootElement.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()));
        Assert.Contains("How it was. Has no effect here: nobody needs it any more.", body);
    }

    [Theory]
    [InlineData("missing", "test.target", "There is no such place. Make it first.")]
    [InlineData("breaks", "connector.class", "failed to check the destination: It is not there; the secret is [hidden].")]
    [InlineData("hangs", "connector.class", "The destination did not answer within 0.2 s.")]
    public async Task The_destination_is_asked_where_the_request_says_so(string target, string key, string error)
    {
        await using var server = await ApiServer.StartAsync(new ApiOptions { PreflightTimeout = TimeSpan.FromMilliseconds(200) });
        var config = $$"""{"name":"n","connector.class":"TestSink","topics":"t","test.target":"{{target}}","test.secret":"hunter2"}""";

        using var json = JsonDocument.Parse(await server.ExpectAsync(200, "PUT", ValidatePath + "?preflight=true", config));

        Assert.Equal(1, json.RootElement.GetProperty("error_count").GetInt32());
        var value = json.RootElement.GetProperty("configs").EnumerateArray()
            .Select(entry => entry.GetProperty("value")).Single(value => value.GetProperty("name").GetString() == key);
        Assert.EndsWith(error, value.GetProperty("errors").EnumerateArray().Single().GetString(), StringComparison.Ordinal);
        Assert.Contains(error, await server.ExpectAsync(400, "PUT", "/connectors/n/config?preflight=true", config));
        Assert.Contains(error, await server.ExpectAsync(
            400, "POST", "/connectors?preflight=true", $$"""{"name":"n","config":{{config}}}"""));
        await server.ExpectAsync(404, "GET", "/connectors/n");
        await server.ExpectAsync(400, "PUT", "/connectors/n/config?preflight=maybe", config);
        await server.ExpectAsync(201, "PUT", "/connectors/n/config", config);
    }

    private static IEnumerable<string> Names(JsonElement value) => value.EnumerateObject().Select(property => property.Name);
}
