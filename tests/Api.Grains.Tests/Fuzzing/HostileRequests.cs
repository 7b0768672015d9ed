using System.Globalization;
using System.Text;

namespace Exports.Api.Tests.Fuzzing;

/// <summary>
/// Makes random and hostile requests, the same for the same seed. Where a request could be valid and change something, it is
/// about connectors of this client alone.
/// </summary>
internal sealed class HostileRequests(int seed, IReadOnlyList<string> watched)
{
    private static readonly string[] s_methods =
        ["GET", "GET", "POST", "POST", "PUT", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW", "get", "M-SEARCH"];

    private static readonly string[] s_segments =
    [
        "connectors", "connector-plugins", "admin", "loggers", "health", "absent", "config", "status", "tasks", "0", "1", "-1", "1e3",
        "99999999999999999999", "pause", "resume", "stop", "restart", "offsets", "topics", "reset", "validate", "TestSink", "%2F", "%25", "%252F",
        "%2E%2E", "..", ".", "%C3%BC", "%F0%9F%98%80", "%ff", "%C0%AF", "%", "%4", "%zz", "a%20b", "+", ";", "{}", "~", "", "%0A", "%0d%0aX:%20y", "%00",
        "%5C", "root", "nope.logger", "*", "%ED%A0%80", "%EF%BB%BF", "ü",
    ];

    private static readonly string[] s_queries =
    [
        "expand=status", "expand=info", "expand", "includeTasks=true", "includeTasks=x", "onlyFailed=", "connectorsOnly=false", "scope=cluster",
        "connectorsOnly=%ff", "forward=true", "a=b", "=", "&", "%", "%00=%00", "expand=status&expand=info&expand=status", "version=1", "version=%zz",
        "preflight=maybe", "expand[]=info", "a=" + "%41%42",
    ];

    private static readonly string[] s_headers =
    [
        "Accept: text/html", "Accept:", "Accept-Encoding: gzip, br", "Expect: 200-ok", "Range: bytes=0-1", "If-Match: *", "X-HTTP-Method-Override: DELETE",
        "X-Forwarded-For: 1.2.3.4", "X-Original-URL: /connectors", "Cookie: a=b; c", "Authorization: Basic %%%", "Authorization: Bearer a.b.c",
        "Origin: null", "Content-Encoding: gzip", "Content-Language: ,,,", "Forwarded: for=\"_gazonk\"", "X: \u00e9\u00e8", "Upgrade: h2c", "Via: 1.0 x",
        "Content-Type: application/json", "User-Agent:", "TE: trailers", "Max-Forwards: 0",
    ];

    private static readonly string[] s_contentTypes =
    [
        "application/json", "application/json", "application/json", "application/json", "application/json; charset=utf-8", "APPLICATION/JSON",
        "application/json; charset=utf-16", "text/plain", "", "a", "application/json; charset=\"", ";;", "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded", "application/json, text/plain", "application/merge-patch+json",
    ];

    private static readonly string[] s_json =
    [
        "{", "}", "[", "]", ":", ",", "\"name\"", "\"config\"", "\"connector.class\"", "\"TestSink\"", "\"topics\"", "\"t\"", "\"initial_state\"",
        "\"PAUSED\"", "\"offsets\"", "\"partition\"", "\"offset\"", "\"kafka_topic\"", "\"level\"", "null", "true", "1", "-1.5e300", "1e999999",
        "\"\\ud800\"", "\"\\u0000\"", "\"", "\\", "\"initial_offsets\"", " ", "\n", "\uFEFF", "\u0000", "//", "/* */", "é", "NaN", "'a'",
    ];

    /// <summary>None of them is valid for any path that changes something.</summary>
    private static readonly string[] s_invalidBodies =
    [
        "", "{}", "[]", "null", "1", "\"text\"", "{\"name\":1}", "{\"config\":[]}", "{\"name\":\"absent\"}", "{\"name\":\"absent\",\"config\":{}}",
        """{"name":"","config":{"connector.class":"TestSink","topics":"t"}}""",
        """{"name":"absent","config":{"connector.class":"TestSink"}}""",
        """{"name":"absent","config":{"connector.class":"Nope","topics":"t"}}""",
        """{"name":"absent","config":{"connector.class":"TestSink","topics":"t","name":"other"}}""",
        """{"name":"absent","config":{"connector.class":"TestSink","topics":"t"},"extra":1}""",
        """{"name":"absent","config":{"connector.class":"TestSink","topics":"t"},"initial_state":"ASLEEP"}""",
        """{"name":"absent","config":{"connector.class":"TestSink","topics":"t","tasks.max":"0"}}""",
        """{"name":"absent","config":{"connector.class":"TestSink","topics":"t","tasks.max":{}}}""",
        """{"name":"absent","config":{"connector.class":"TestSink","topics":"t","x":null}}""",
        """{"name":"ab\u0007sent","config":{"connector.class":"TestSink","topics":"t"}}""",
        """{"name":"absent","config":{"connector.class":"TestSink","topics.regex":"("}}""",
        """{"name":"absent","config":{"connector.class":"TestSink","topics":"t","topics.regex":"t"}}""",
        """{"name":"absent","config":{"connector.class":"TestSink","topics":"t","transforms":"a,a","transforms.a.type":"Nope"}}""",
        """{"name":"absent","config":{"connector.class":"TestSink","topics":"t","errors.tolerance":"some"}}""",
        """{"name":"absent","config":{"connector.class":"TestSink","topics":"t","a":"${file:/nope:x}","value.converter":"Nope"}}""",
        """{"name":"absent","config":{"connector.class":"TestSink","topics":"t"},"initial_offsets":{"a":1}}""",
        """{"connector.class":"TestSink","name":"other","topics":"t","tasks.max":"x"}""",
        """{"connector.class":"TestSink","topics":"","name":null}""",
        """{"level":"LOUD"}""", """{"level":1}""",
        """{"offsets":[{"partition":{"kafka_topic":"t"},"offset":{"kafka_offset":"x"}}]}""",
        """{"offsets":[{"partition":null}]}""", """{"offsets":{}}""", """{"offsets":[]}""",
    ];

    private readonly Random _random = new(seed);

    /// <summary>The connectors that this client may create, change and delete.</summary>
    public IReadOnlyList<string> Scratch { get; } = [.. Enumerable.Range(0, 4).Select(i => $"s{seed}-{i}"), $"s{seed}/ü %41?#"];

    /// <summary>A request whose framing is right, so that the connection can go on after it.</summary>
    public FuzzRequest Next() => _random.Next(20) switch
    {
        < 6 => OfRandomPath(),
        < 10 => InvalidCreation(),
        < 12 => InvalidChangeOfWatched(),
        < 13 => Large(),
        < 14 => OfLongName(),
        < 17 => ReadOfWatched(),
        < 18 => RandomValidation(),
        _ => OfScratch(),
    };

    /// <summary>Bytes whose framing is wrong, and that try to have something within them taken for a request of its own.</summary>
    public byte[] NextBroken()
    {
        var name = Uri.EscapeDataString(Pick(watched));
        var smuggled = $"DELETE /connectors/{name} HTTP/1.1\r\nHost: x\r\n\r\n";
        var put = $"PUT /connectors/{name}/config HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
        var valid = """{"connector.class":"TestSink","topics":"t","stolen":"yes"}""";
        var text = _random.Next(16) switch
        {
            0 => $"POST /connectors HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}",
            1 => $"POST /connectors HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{smuggled}",
            2 => $"POST /connectors HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{smuggled}",
            3 => $"POST /connectors HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: {smuggled.Length}\r\n\r\n{smuggled}",
            4 => $"POST /connectors HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n{smuggled}",
            5 => $"POST /connectors HTTP/1.1\r\nHost: x\r\nContent-Length : 0\r\n\r\n{smuggled}",
            6 => $"POST /connectors HTTP/1.1\r\nHost: x\r\nX: a\rContent-Length: 0\r\n\r\n{smuggled}",
            7 => $"GET / HTTP/1.1\r\nHost: x\r\n folded: {smuggled}",
            8 => $"GET /connectors?x= y HTTP/1.1\r\nHost: x\r\n\r\n{smuggled}",
            9 => $"{put}Content-Length: {valid.Length + 10}\r\n\r\n{valid}",
            10 => $"{put}Content-Length: {valid.Length - 5}\r\n\r\n{valid}",
            11 => $"{put}Transfer-Encoding: chunked\r\n\r\n{valid.Length:x}\r\n{valid}\r\n",
            12 => $"{put}Transfer-Encoding: chunked\r\n\r\n{valid.Length - 1:x};ext=\"\r\n{valid}\r\n0\r\n\r\n",
            13 => $"{put}Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n{valid}\r\n0\r\n\r\n",
            14 => smuggled.Replace("HTTP/1.1", Pick(["HTTP/9.9", "HTTP/1.1x", "", "HTTP/2.0", "http/1.1"]), StringComparison.Ordinal),
            _ => put[.._random.Next(put.Length)],
        };
        var bytes = Encoding.Latin1.GetBytes(text);
        if (_random.Next(8) == 0)
        {
            bytes = new byte[_random.Next(1, 200)];
            _random.NextBytes(bytes);
        }

        return bytes;
    }

    private FuzzRequest OfRandomPath()
    {
        var target = new StringBuilder();
        if (_random.Next(4) > 0)
            target.Append(Pick(["/connectors", "/connectors", "/connector-plugins", "/admin/loggers", "//connectors", "/connectors/", "/CONNECTORS"]));
        for (var segments = _random.Next(_random.Next(2, 7)); segments > 0; segments--)
            target.Append('/').Append(Pick(s_segments));
        if (target.Length == 0)
            target.Append('/');
        var method = Pick(s_methods);
        // An existing logger's level may be set by a body that is made of pieces; that is no connector's state.
        return Request(method, target.ToString() + Query(), _random.Next(3) == 0 ? Pieces() : Bytes(Pick(s_invalidBodies)), Pick(s_contentTypes));
    }

    private FuzzRequest InvalidCreation()
    {
        var body = Bytes(Pick(s_invalidBodies));
        if (_random.Next(3) == 0)
            body = _random.Next(2) == 0 ? Pieces() : Deep();
        return Request("POST", "/connectors" + Query(), body, Pick(s_contentTypes));
    }

    /// <summary>What is wrong with a request about a connector that is there must leave it as it is.</summary>
    private FuzzRequest InvalidChangeOfWatched()
    {
        var path = "/connectors/" + Uri.EscapeDataString(Pick(watched)).Replace(".", "%2E", StringComparison.Ordinal);
        var (method, sub, body) = _random.Next(9) switch
        {
            0 => ("PUT", "/config", """{"connector.class":"TestSink","topics":"t","name":"somebody-else"}"""),
            1 => ("PUT", "/config", """{"connector.class":"TestSink","topics":"t","tasks.max":"many"}"""),
            2 => ("PUT", "/config", """{"connector.class":"TestSink","topics":"t","topics":"""),
            3 => ("PUT", "/config", "{}"),
            4 => ("PATCH", "/config", """{"tasks.max":"-1"}"""),
            5 => ("PATCH", "/offsets", """{"offsets":[{"partition":{"kafka_topic":"t","kafka_partition":"x"},"offset":{"kafka_offset":1}}]}"""),
            6 => ("POST", "/restart?includeTasks=perhaps", ""),
            7 => ("POST", "/tasks/77/restart", ""),
            _ => (Pick(["POST", "DELETE", "PATCH", "PUT"]), "/status", ""),
        };
        return Request(method, path + sub, Bytes(body), "application/json");
    }

    private FuzzRequest ReadOfWatched()
    {
        var path = "/connectors/" + Uri.EscapeDataString(Pick(watched)).Replace(".", "%2E", StringComparison.Ordinal);
        return Request(Pick(["GET", "HEAD"]), path + Pick(["", "/config", "/status", "/tasks", "/offsets", "/tasks/0/status", "/topics"]) + Query(), [], "");
    }

    private FuzzRequest RandomValidation()
        => Request("PUT", $"/connector-plugins/{Pick(["TestSink", "Nope", "%2F", "TestSinkConnector"])}/config/validate",
            _random.Next(2) == 0 ? Bytes(Pick(s_invalidBodies)) : Flipped(Bytes("""{"connector.class":"TestSink","topics":"t","tasks.max":"3"}""")), "application/json");

    private FuzzRequest Large()
        => _random.Next(40) == 0
            ? Request("POST", "/connectors", Bytes("{\"name\":\"" + new string('x', 1024 * 1024) + "\"}"), "application/json")
            : Request("POST", "/connectors", Bytes($$$"""{"name":"absent","config":{"connector.class":"{{{new string('y', _random.Next(9000))}}}","topics":"t"}}"""), "application/json");

    private FuzzRequest OfLongName()
        => Request(Pick(["GET", "DELETE", "PUT"]), "/connectors/" + string.Concat(Enumerable.Repeat(Pick(["a", "%C3%BC", "%2F", "."]), _random.Next(1, 1200))), [], "");

    /// <summary>Mostly valid, about this client's own connectors.</summary>
    private FuzzRequest OfScratch()
    {
        var name = Pick(Scratch);
        var path = "/connectors/" + Uri.EscapeDataString(name);
        var json = System.Text.Json.JsonSerializer.Serialize(name);
        var (method, target, body) = _random.Next(10) switch
        {
            0 or 1 => ("POST", "/connectors", $$"""{"name":{{json}},"config":{"connector.class":"TestSink","topics":"t"},"initial_state":"{{Pick(["STOPPED", "paused", "RUNNING"])}}"}"""),
            2 => ("PUT", path + "/config", """{"connector.class":"TestSink","topics":"t","tasks.max":2,"topics":"t"}"""),
            3 => ("PUT", path + "/pause", ""),
            4 => ("PUT", path + "/stop", ""),
            5 => ("PUT", path + "/resume", ""),
            6 => ("POST", path + "/restart?includeTasks=true", ""),
            7 => ("POST", path + "/tasks/0/restart", ""),
            8 => ("GET", path + "/status", ""),
            _ => ("DELETE", path, ""),
        };
        return Request(method, target, Bytes(body), "application/json") with { Scratch = name };
    }

    private FuzzRequest Request(string method, string target, byte[] body, string contentType)
    {
        var head = new StringBuilder(200 + target.Length);
        head.Append(CultureInfo.InvariantCulture, $"{method} {target} HTTP/1.1\r\nHost: test\r\n");
        if (contentType.Length > 0)
            head.Append(CultureInfo.InvariantCulture, $"Content-Type: {contentType}\r\n");
        for (var headers = _random.Next(3); headers > 0; headers--)
        {
            var header = Pick(s_headers);
            if (!header.StartsWith("Content-Type", StringComparison.Ordinal) || contentType.Length == 0)
                head.Append(header).Append("\r\n");
        }

        var chunked = body.Length > 0 && _random.Next(5) == 0;
        head.Append(chunked ? "Transfer-Encoding: chunked\r\n\r\n" : $"Content-Length: {body.Length}\r\n\r\n");
        var text = Encoding.UTF8.GetBytes(head.ToString());
        return new(method, target, chunked ? [.. text, .. Chunked(body)] : [.. text, .. body]);
    }

    private byte[] Chunked(byte[] body)
    {
        var split = _random.Next(1, body.Length + 1);
        var chunks = new MemoryStream();
        foreach (var part in new[] { body[..split], body[split..] }.Where(part => part.Length > 0))
        {
            chunks.Write(Encoding.ASCII.GetBytes($"{part.Length:X}\r\n"));
            chunks.Write(part);
            chunks.Write("\r\n"u8);
        }

        chunks.Write("0\r\n\r\n"u8);
        return chunks.ToArray();
    }

    private byte[] Pieces()
    {
        var body = new StringBuilder();
        for (var parts = _random.Next(14); parts > 0; parts--)
            body.Append(Pick(s_json));
        return Flipped(Bytes(body.ToString()));
    }

    private byte[] Deep()
    {
        var depth = _random.Next(1, 3000);
        return Bytes(string.Concat(Enumerable.Repeat(Pick(["[", "{\"config\":", "{\"a\":["]), depth)));
    }

    private byte[] Flipped(byte[] bytes)
    {
        for (var flips = _random.Next(4); flips > 0 && bytes.Length > 0; flips--)
            bytes[_random.Next(bytes.Length)] = (byte)_random.Next(256);
        return bytes;
    }

    private string Query() => _random.Next(4) == 0 ? "?" + Pick(s_queries) : "";

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];
}
