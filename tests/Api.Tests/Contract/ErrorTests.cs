using System.Net;

namespace Exports.Api.Tests;

/// <summary>Every mistake that a client can make, with the status and the words that it is answered with.</summary>
public sealed class ErrorTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Valid = """{"name":"n","config":{"connector.class":"TestSink","topics":"t"}}""";
    private const string ValidConfig = """{"connector.class":"TestSink","topics":"t"}""";
    private const string Refused = "HTTP 415 Unsupported Media Type: the Content-Type is ";
    private const string Wanted = "; it must be application/json in UTF-8";
    private const string NoOffsets = "Partitions / offsets need to be provided for an alter offsets request";
    private const string OneOffset = """{"offsets":[{"partition":{"kafka_topic":"t","kafka_partition":0},"offset":{"kafka_offset":5}}]}""";
    private const string NotStopped =
        "Connectors must be in the STOPPED state before their offsets can be modified. This can be done for the specified "
        + "connector by issuing a 'PUT' request to the '/connectors/c/stop' endpoint";

    [Theory]
    [InlineData("GET", "/connectors/x", null, 404, "Connector x not found")]
    [InlineData("GET", "/connectors/x/config", null, 404, "Connector x not found")]
    [InlineData("GET", "/connectors/x/tasks", null, 404, "Connector x not found")]
    [InlineData("GET", "/connectors/x/offsets", null, 404, "Connector x not found")]
    [InlineData("DELETE", "/connectors/x", null, 404, "Connector x not found")]
    [InlineData("DELETE", "/connectors/x?forward=true", null, 404, "Connector x not found")]
    [InlineData("PUT", "/connectors/x/pause", null, 404, "Unknown connector x")]
    [InlineData("PUT", "/connectors/x/resume", null, 404, "Unknown connector x")]
    [InlineData("PUT", "/connectors/x/stop", null, 404, "Unknown connector x")]
    [InlineData("POST", "/connectors/x/restart", null, 404, "Unknown connector: x")]
    [InlineData("POST", "/connectors/x/restart?includeTasks=true", null, 404, "Unknown connector: x")]
    [InlineData("POST", "/connectors/x/tasks/0/restart", null, 404, "Unknown connector: x")]
    [InlineData("POST", "/connectors/c/tasks/7/restart", null, 404, "Unknown task: c-7")]
    [InlineData("POST", "/connectors/c/tasks/-1/restart", null, 404, "Unknown task: c--1")]
    [InlineData("POST", "/connectors/c/tasks/first/restart", null, 404, "Unknown task: c-first")]
    [InlineData("POST", "/connectors/c/tasks/99999999999/restart", null, 404, "Unknown task: c-99999999999")]
    [InlineData("GET", "/connectors/x/status", null, 404, "No status found for connector x")]
    [InlineData("GET", "/connectors/x/tasks/0/status", null, 404, "No status found for task x-0")]
    [InlineData("GET", "/connectors/c/tasks/7/status", null, 404, "No status found for task c-7")]
    [InlineData("GET", "/connectors/c/tasks/first/status", null, 404, "No status found for task c-first")]
    [InlineData("GET", "/connectors/c/tasks/+1/status", null, 404, "No status found for task c-+1")]
    [InlineData(
        "POST", "/connectors/c/restart?includeTasks=yes", null, 400,
        "Invalid value 'yes' for query parameter 'includeTasks': must be true or false")]
    [InlineData(
        "POST", "/connectors/c/restart?onlyFailed", null, 400,
        "Invalid value '' for query parameter 'onlyFailed': must be true or false")]
    [InlineData(
        "GET", "/connector-plugins?connectorsOnly=1", null, 400,
        "Invalid value '1' for query parameter 'connectorsOnly': must be true or false")]

    [InlineData(
        "POST", "/connectors", """{"name":"c","config":{"connector.class":"TestSink","topics":"t"}}""", 409,
        "Connector c already exists")]
    [InlineData(
        "POST", "/connectors", """{"name":"n","config":{"name":"m","connector.class":"TestSink","topics":"t"}}""", 400,
        "Connector name configuration (m) doesn't match connector name in the URL (n)")]
    [InlineData(
        "POST", "/connectors", """{"name":" n ","config":{"name":" n ","connector.class":"TestSink","topics":"t"}}""", 400,
        "Connector name configuration ( n ) doesn't match connector name in the URL (n)")]
    [InlineData(
        "PUT", "/connectors/n/config", """{"name":"m","connector.class":"TestSink","topics":"t"}""", 400,
        "Connector name configuration (m) doesn't match connector name in the URL (n)")]
    [InlineData(
        "POST", "/connectors", """{"name":"n"}""", 400,
        "The request has no 'config': the connector's configuration as a JSON object")]
    [InlineData(
        "POST", "/connectors", """{"name":"n","config":null}""", 400,
        "The request has no 'config': the connector's configuration as a JSON object")]
    [InlineData(
        "POST", "/connectors", """{"name":"n","config":[]}""", 400,
        "Invalid value for 'config': must be an object, not an array")]
    [InlineData(
        "POST", "/connectors", """{"name":"n","config":"x"}""", 400,
        "Invalid value for 'config': must be an object, not a string")]
    [InlineData(
        "POST", "/connectors", """{"name":{},"config":{}}""", 400, "Invalid value for 'name': must be a string, not an object")]
    [InlineData(
        "POST", "/connectors", """{"name":"n","config":{},"initial_state":"BROKEN"}""", 400,
        "Invalid value 'BROKEN' for 'initial_state': must be one of RUNNING, PAUSED, STOPPED")]
    [InlineData(
        "POST", "/connectors", """{"name":"n","config":{},"initial_state":["PAUSED"]}""", 400,
        "Invalid value for 'initial_state': must be a string, not an array")]
    [InlineData("POST", "/connectors", """{"name":"n","config":{},"initial_offsets":[]}""", 400, NoOffsets)]
    [InlineData(
        "POST", "/connectors", """{"name":"n","config":{},"initial_offsets":{}}""", 400,
        "Invalid value for 'offsets': must be an array, not an object")]
    [InlineData(
        "POST", "/connectors", """{"name":"n","config":{},"colour":"red"}""", 400,
        "Unrecognized field \"colour\"; known are name, config, initial_state, initial_offsets")]
    [InlineData(
        "POST", "/connectors", """{"name":"n","config":{"connector.class":"TestSink","a":{"b":1}}}""", 400,
        "Invalid value for configuration a: must be a string, number or boolean, not an object")]
    [InlineData(
        "PUT", "/connectors/n/config", """{"connector.class":"TestSink","a":[1]}""", 400,
        "Invalid value for configuration a: must be a string, number or boolean, not an array")]
    [InlineData(
        "PUT", "/connector-plugins/TestSink/config/validate", """{"connector.class":"TestSink","a":[1]}""", 400,
        "Invalid value for configuration a: must be a string, number or boolean, not an array")]
    [InlineData("POST", "/connectors", "", 400, "The request has no body; it must be a JSON object.")]
    [InlineData("POST", "/connectors", " \r\n", 400, "The request has no body; it must be a JSON object.")]
    [InlineData("POST", "/connectors", "[]", 400, "The body must be a JSON object, not an array.")]
    [InlineData("PUT", "/connectors/n/config", "3", 400, "The body must be a JSON object, not a number.")]
    [InlineData("PUT", "/connectors/n/config", "null", 400, "The body must be a JSON object, not null.")]
    [InlineData(
        "PUT", "/connector-plugins/TestSink/config/validate", "true", 400, "The body must be a JSON object, not a boolean.")]
    [InlineData(
        "PUT", "/connector-plugins/TestSink/config/validate", """{"connector.class":"OtherSink"}""", 400,
        "Included connector type OtherSink does not match request type TestSink")]

    [InlineData("PATCH", "/connectors/x/config", ValidConfig, 404, "Connector x not found")]
    [InlineData(
        "PATCH", "/connectors/c/config", """{"a":[1]}""", 400,
        "Invalid value for configuration a: must be a string, number or boolean, not an array")]
    [InlineData("PATCH", "/connectors/c/config", "[]", 400, "The body must be a JSON object, not an array.")]
    [InlineData("GET", "/connector-plugins/Nope/config", null, 404, "Unknown plugin Nope.")]
    [InlineData(
        "GET", "/connector-plugins/Exports.Api.Tests.TestSinkTask/config", null, 400,
        "Invalid plugin class Exports.Api.Tests.TestSinkTask. Valid types are sink, source, converter, header_converter, transformation, predicate.")]
    [InlineData(
        "GET", "/connector-plugins/TestSink/config?version=9.9.9", null, 400,
        "Plugin Exports.Api.Tests.TestSinkConnector not found that matches the version range [9.9.9], available versions: [1.2.3]")]
    [InlineData("GET", "/admin/loggers/nobody.has.it", null, 404, "Logger nobody.has.it not found.")]
    [InlineData("PUT", "/admin/loggers/root", "{}", 400, "Desired 'level' parameter was not specified in request.")]
    [InlineData(
        "PUT", "/admin/loggers/root", """{"level":null}""", 400, "Desired 'level' parameter was not specified in request.")]
    [InlineData("PUT", "/admin/loggers/root", """{"level":"LOUD"}""", 404, "invalid log level 'LOUD'.")]
    [InlineData("PUT", "/admin/loggers/root?scope=cluster", """{"level":"LOUD"}""", 404, "invalid log level 'LOUD'.")]
    [InlineData(
        "PUT", "/admin/loggers/root", """{"level":[]}""", 400, "Invalid value for 'level': must be a string, not an array")]

    [InlineData("DELETE", "/connectors/x/offsets", null, 404, "Connector x not found")]
    [InlineData("PATCH", "/connectors/x/offsets", OneOffset, 404, "Connector x not found")]
    [InlineData("DELETE", "/connectors/c/offsets", null, 400, NotStopped)]
    [InlineData("PATCH", "/connectors/c/offsets", OneOffset, 400, NotStopped)]

    [InlineData("GET", "/nope", null, 404, "HTTP 404 Not Found")]
    [InlineData("GET", "/connectors/c/nope", null, 404, "HTTP 404 Not Found")]
    [InlineData("GET", "/connectors/c/tasks-config", null, 404, "HTTP 404 Not Found")]
    [InlineData("PUT", "/connectors", Valid, 405, "HTTP 405 Method Not Allowed: /connectors takes GET, HEAD, POST")]
    [InlineData("POST", "/connectors/c", Valid, 405, "HTTP 405 Method Not Allowed: /connectors/c takes DELETE, GET, HEAD")]
    [InlineData("POST", "/connectors/c/pause", null, 405, "HTTP 405 Method Not Allowed: /connectors/c/pause takes PUT")]
    [InlineData("POST", "/connectors/c/tasks", "[]", 405, "HTTP 405 Method Not Allowed: /connectors/c/tasks takes GET, HEAD")]
    [InlineData("BREW", "/", null, 405, "HTTP 405 Method Not Allowed: / takes GET, HEAD")]
    public async Task A_mistake_is_answered_with_its_status_and_message(
        string method, string path, string? body, int status, string message)
    {
        var server = shared.Api;
        Assert.Equal(message, await server.ExpectErrorAsync(status, method, path, body));
    }

    [Theory]
    [InlineData("text/plain", Refused + "'text/plain'" + Wanted)]
    [InlineData("application/x-www-form-urlencoded", Refused + "'application/x-www-form-urlencoded'" + Wanted)]
    [InlineData("application/json; charset=iso-8859-1", Refused + "'application/json; charset=iso-8859-1'" + Wanted)]
    [InlineData("nonsense", Refused + "'nonsense'" + Wanted)]
    public async Task A_body_that_is_not_JSON_is_refused_by_its_content_type(string contentType, string message)
    {
        var server = shared.Api;
        Assert.Equal(message, await server.ExpectErrorAsync(415, "POST", "/connectors", Valid, contentType));
        Assert.Equal(message, await server.ExpectErrorAsync(415, "PUT", "/connectors/n/config", ValidConfig, contentType));
        Assert.Equal(message, await server.ExpectErrorAsync(415, "PUT", "/connectors/n/pause", "", contentType));
    }

    [Fact]
    public async Task A_body_without_a_content_type_is_refused()
    {
        var server = shared.Api;
        using var connection = await RawConnection.OpenAsync(server.Address);
        await connection.SendAsync("POST /connectors HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\n\r\n{}");
        var response = await connection.ReadAsync();
        Assert.Equal(
            "HTTP 415 Unsupported Media Type: the request has no Content-Type; it must be application/json",
            ApiServer.ErrorMessage(415, response.Body, response.Headers["Content-Type"]));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=UTF-8")]
    [InlineData("Application/JSON;charset=\"utf-8\"")]
    public async Task JSON_is_accepted_however_its_content_type_is_written(string contentType)
    {
        var server = shared.Api;
        var (status, _, _) = await server.SendAsync("POST", "/connectors", Valid, contentType);
        Assert.Equal(HttpStatusCode.Created, status);
        await server.ExpectAsync(204, "DELETE", "/connectors/n");
    }

    [Theory]
    [InlineData("{", "Malformed JSON at line 1, byte 2: ")]
    [InlineData("{\"name\":\"n\",\n \"config\" {}}", "Malformed JSON at line 2, byte 11: ")]
    [InlineData("{'name':'n'}", "Malformed JSON at line 1, byte 2: ")]
    [InlineData("{\"name\":\"n\",}", "Malformed JSON at line 1, byte 13: ")]
    [InlineData("{} {}", "Malformed JSON at line 1, byte 4: ")]
    [InlineData("// config\n{}", "Malformed JSON at line 1, byte 1: ")]
    [InlineData("{\"name\":\"\\ud800\",\"config\":{}}", "Malformed JSON: a text in it is not valid Unicode.")]
    [InlineData("{\"\\ud800\":\"\"}", "Malformed JSON: a text in it is not valid Unicode.")]
    public async Task Malformed_JSON_is_answered_with_the_place_of_the_mistake(string body, string message)
    {
        var server = shared.Api;
        Assert.StartsWith(message, await server.ExpectErrorAsync(400, "POST", "/connectors", body));
        Assert.StartsWith("Malformed JSON", await server.ExpectErrorAsync(400, "PUT", "/connectors/n/config", body));
    }

    [Fact]
    public async Task Deeply_nested_JSON_is_malformed()
    {
        var server = shared.Api;
        var body = string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000);
        Assert.StartsWith("Malformed JSON at line 1, byte", await server.ExpectErrorAsync(400, "POST", "/connectors", body));
    }

    [Fact]
    public async Task A_null_value_is_answered_with_its_key()
    {
        var server = shared.Api;
        var message = await server.ExpectErrorAsync(
            400, "PUT", "/connectors/n/config", """{"connector.class":"TestSink","topics":"t","a":null,"b":null}""");
        Assert.Equal(
            """
            Connector configuration is invalid and contains the following 2 error(s):
            Invalid value null for configuration a: Null value can not be supplied as the configuration value.
            Invalid value null for configuration b: Null value can not be supplied as the configuration value.
            You can also find the above list of errors at the endpoint `/connector-plugins/{connectorType}/config/validate`
            """,
            message);
    }

    [Fact]
    public async Task An_invalid_configuration_is_answered_with_all_its_errors()
    {
        var server = shared.Api;
        const string expected = """
            Connector configuration is invalid and contains the following 3 error(s):
            Invalid value 0 for configuration tasks.max: Value must be at least 1
            Must configure one of topics or topics.regex
            Must configure one of topics or topics.regex
            You can also find the above list of errors at the endpoint `/connector-plugins/{connectorType}/config/validate`
            """;
        const string config = """{"connector.class":"TestSink","tasks.max":0}""";
        const string create = $$$"""{"name":"n","config":{{{config}}}}""";
        Assert.Equal(expected, await server.ExpectErrorAsync(400, "POST", "/connectors", create));
        Assert.Equal(expected, await server.ExpectErrorAsync(400, "PUT", "/connectors/n/config", config));
    }

    [Theory]
    [InlineData("""{"config":{"connector.class":"TestSink","topics":"t"}}""")]
    [InlineData("""{"name":null,"config":{"connector.class":"TestSink","topics":"t"}}""")]
    [InlineData("""{"name":" \t","config":{"connector.class":"TestSink","topics":"t"}}""")]
    public async Task A_connector_needs_a_name(string body)
    {
        var server = shared.Api;
        Assert.Contains(
            "\nInvalid value  for configuration name: String may not be empty\n",
            await server.ExpectErrorAsync(400, "POST", "/connectors", body));
    }

    [Fact]
    public async Task A_control_character_in_a_name_is_refused()
    {
        var server = shared.Api;
        Assert.Contains(
            "String may not contain control sequences but had the following ASCII chars: 7",
            await server.ExpectErrorAsync(400, "POST", "/connectors", $$$"""{"name":"a\u0007b","config":{{{ValidConfig}}}}"""));
    }

    [Fact]
    public async Task A_name_that_no_URL_could_hold_is_refused()
    {
        var server = shared.Api;
        var name = new string('é', 1000);
        var body = $$$"""{"name":"{{{name}}}","config":{{{ValidConfig}}}}""";
        var message = await server.ExpectErrorAsync(400, "POST", "/connectors", body);
        Assert.Contains("1000 characters are too long for a URL", message);
    }

    [Fact]
    public async Task A_configuration_without_a_class_or_with_an_unknown_one_is_the_clients_mistake()
    {
        var server = shared.Api;
        const string without = """{"topics":"t"}""";
        foreach (var path in (string[])["/connectors/n/config", "/connector-plugins/TestSink/config/validate"])
            Assert.Contains("contains no connector type", await server.ExpectErrorAsync(400, "PUT", path, without));
        Assert.StartsWith(
            "Failed to find any class that implements Connector and which name matches NoSuch, available connectors are: ",
            await server.ExpectErrorAsync(400, "PUT", "/connectors/n/config", """{"connector.class":"NoSuch","topics":"t"}"""));
    }

    [Fact]
    public async Task An_error_does_not_repeat_the_configuration()
    {
        var server = shared.Api;
        Assert.DoesNotContain(
            "hunter2",
            await server.ExpectErrorAsync(400, "POST", "/connectors", """{"name":"n","config":{"test.secret":"hunter2"}}"""));
    }

    [Theory]
    [InlineData("/connectors/%ff")]
    [InlineData("/connectors/a%2/status")]
    [InlineData("/connectors/a%zz/status")]
    public async Task A_path_that_is_not_percent_encoded_UTF_8_is_refused(string path)
    {
        var server = shared.Api;
        using var connection = await RawConnection.OpenAsync(server.Address);
        var response = await connection.RequestAsync("GET", path);
        Assert.Equal(400, response.Status);
        Assert.Equal(
            $"The path {path} is not percent-encoded UTF-8",
            ApiServer.ErrorMessage(400, response.Body, response.Headers["Content-Type"]));
    }
}
