using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Configuration.Tests.Configuration;

public sealed class ConfigResolverTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("org.apache.kafka.common.config.provider.FileConfigProvider")]
    [InlineData("FileConfigProvider")]
    [InlineData("File")]
    public void The_file_provider_reads_properties(string className)
    {
        var file = _folder.File("aws.properties", "access.key=AKIA\nlong=a\\\n  b\nwith:colon = c");
        var resolver = Resolver(("file", className, []));

        Assert.Equal("AKIA", Resolve(resolver, $"${{file:{file}:access.key}}"));
        Assert.Equal("ab", Resolve(resolver, $"${{file:{file}:long}}"));
        Assert.Equal("x-AKIA-ab-y", Resolve(resolver, $"x-${{file:{file}:access.key}}-${{file:{file}:long}}-y"));
    }

    [Theory]
    [InlineData("org.apache.kafka.common.config.provider.DirectoryConfigProvider")]
    [InlineData("DirectoryConfigProvider")]
    public void The_directory_provider_reads_whole_files(string className)
    {
        _folder.File("password", "line one\nline two\n");
        Directory.CreateDirectory(_folder.Folder("sub"));
        var resolver = Resolver(("dir", className, []));

        Assert.Equal("line one\nline two\n", Resolve(resolver, $"${{dir:{_folder.Path}:password}}"));
        AssertStays(resolver, $"${{dir:{_folder.Path}:sub}}");
        AssertStays(resolver, $"${{dir:{_folder.Path}:missing}}");
        AssertStays(resolver, $"${{dir:{_folder.Folder("nowhere")}:password}}");
        AssertStays(resolver, $"${{dir:{_folder.Folder("sub")}:../password}}");
    }

    [Fact]
    public void Secrets_mounted_by_Kubernetes_are_links_and_are_followed()
    {
        Directory.CreateDirectory(_folder.Folder("..data"));
        _folder.File("..data/token", "abc");
        File.CreateSymbolicLink(_folder.Folder("token"), "..data/token");

        Assert.Equal("abc",
            Resolve(Resolver(("dir", "DirectoryConfigProvider", [("allowed.paths", _folder.Path)])),
                $"${{dir:{_folder.Path}:token}}"));
    }

    [Fact]
    public void The_environment_provider_reads_variables_that_the_pattern_allows()
    {
        Environment.SetEnvironmentVariable("EXPORTS_TEST_ONE", "1");
        var all = Resolver(("env", "org.apache.kafka.common.config.provider.EnvVarConfigProvider", []));
        var some = Resolver(("env", "EnvVarConfigProvider", [("allowlist.pattern", "AWS_.*")]));

        Assert.Equal("1", Resolve(all, "${env:EXPORTS_TEST_ONE}"));
        AssertStays(all, "${env:EXPORTS_TEST_MISSING}");
        AssertStays(some, "${env:EXPORTS_TEST_ONE}");
        var error = Assert.Throws<ConfigException>(() => Resolve(all, "${env:/some/path:EXPORTS_TEST_ONE}"));
        Assert.Equal("Path is not supported for EnvVarConfigProvider, invalid value '/some/path'", error.Message);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("")]
    [InlineData("${}")]
    [InlineData("${nocolon}")]
    [InlineData("${unknown:key}")]
    [InlineData("${unknown:/path:key}")]
    [InlineData("${file::key}")]
    [InlineData("${file:never closed")]
    [InlineData("$${")]
    [InlineData("${topic}-${timestamp}")]
    public void What_is_no_placeholder_of_a_known_provider_stays(string value)
        => AssertStays(Resolver(("file", "FileConfigProvider", [])), value);

    [Fact]
    public void A_placeholder_is_found_after_and_within_what_is_none()
    {
        var file = _folder.File("p", "k=v");
        var resolver = Resolver(("file", "FileConfigProvider", []));

        Assert.Equal("${a}v", Resolve(resolver, $"${{a}}${{file:{file}:k}}"));
        Assert.Equal("${x:y}v}", Resolve(resolver, $"${{x:y}}${{file:{file}:k}}}}"));
        // The first "${" begins the placeholder, whatever follows up to "}".
        AssertStays(resolver, $"${{a ${{file:{file}:k}}");
        Assert.Equal("${file:missing-key}".Replace("missing-key", $"{file}:nope"), Resolve(resolver, $"${{file:{file}:nope}}"));
    }

    [Fact]
    public void What_a_provider_gives_is_not_resolved_again()
        => Assert.Equal("${file:x:y}",
            Resolve(Resolver(("file", "File", [])), $"${{file:{_folder.File("p", "k=${file:x:y}")}:k}}"));

    [Fact]
    public void Only_allowed_paths_are_read()
    {
        Directory.CreateDirectory(_folder.Folder("in"));
        Directory.CreateDirectory(_folder.Folder("in-and-more"));
        var inside = _folder.File("in/p", "k=v");
        var beside = _folder.File("in-and-more/p", "k=v");
        var outside = _folder.File("p", "k=v");
        var resolver = Resolver(
            ("file", "FileConfigProvider",
                [("allowed.paths", $"{_folder.Folder("in")}/ , {_folder.Folder("in-and-more")}/../in")]),
            ("dir", "DirectoryConfigProvider", [("allowed.paths", _folder.Folder("in"))]));

        Assert.Equal("v", Resolve(resolver, $"${{file:{inside}:k}}"));
        AssertStays(resolver, $"${{file:{outside}:k}}");
        AssertStays(resolver, $"${{file:{beside}:k}}");
        AssertStays(resolver, $"${{file:{_folder.Folder("in")}/../p:k}}");
        AssertStays(resolver, $"${{dir:{_folder.Path}:p}}");
        Assert.Equal("k=v", Resolve(resolver, $"${{dir:{_folder.Folder("in")}:p}}"));
    }

    [Fact]
    public void A_placeholder_that_stays_is_named_with_its_key_and_the_reason()
    {
        Environment.SetEnvironmentVariable("EXPORTS_TEST_HIDDEN", "h");
        var file = _folder.File("p", "k=v");
        Directory.CreateDirectory(_folder.Folder("in"));
        var resolver = Resolver(
            ("file", "FileConfigProvider", []),
            ("some", "FileConfigProvider", [("allowed.paths", _folder.Folder("in"))]),
            ("dir", "DirectoryConfigProvider", []),
            ("env", "EnvVarConfigProvider", [("allowlist.pattern", "AWS_.*|EXPORTS_TEST_MISSING")]));

        AssertReason("${nope:k}", "the worker's config.providers has dir, env, file, some, and no 'nope'");
        AssertReason($"${{file:{file}:x}}", $"{file} has no key 'x'");
        AssertReason("${file:k}", "it names no file");
        AssertReason($"${{some:{file}:k}}", $"{file} is outside the provider's allowed.paths");
        AssertReason($"${{dir:{_folder.Path}:x}}", $"{_folder.Path} has no file 'x'");
        AssertReason($"${{dir:{file}:x}}", $"{file} is not a directory");
        AssertReason($"${{dir:{_folder.Folder("in")}:../p}}", "'../p' is not the name of a file");
        AssertReason("${dir:k}", "it names no directory");
        AssertReason("${env:EXPORTS_TEST_MISSING}", "the worker has no environment variable EXPORTS_TEST_MISSING");
        AssertReason("${env:EXPORTS_TEST_HIDDEN}", "the provider's allowlist.pattern does not match EXPORTS_TEST_HIDDEN");
        AssertReason("${env:}", "it names no environment variable");
        Assert.Equal(
            "the worker's config.providers names none",
            Assert.Single(Resolver().Resolve(new Dictionary<string, string> { ["a"] = "${file:p:k}" }).Unresolved).Reason);
        Assert.Empty(resolver.Resolve(new Dictionary<string, string> { ["a"] = $"${{topic}} ${{file:{file}:k}}" }).Unresolved);

        void AssertReason(string placeholder, string reason) => Assert.Equal(
            [new("a", placeholder, reason)],
            resolver.Resolve(new Dictionary<string, string> { ["a"] = $"x{placeholder}y", ["b"] = "c" }).Unresolved);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_an_error()
    {
        var resolver = Resolver(("file", "FileConfigProvider", []));

        var error = Assert.Throws<ConfigException>(() => Resolve(resolver, $"${{file:{_folder.Folder("missing")}:k}}"));
        Assert.StartsWith($"Could not read properties from file {_folder.Folder("missing")}", error.Message,
            StringComparison.Ordinal);
        error = Assert.Throws<ConfigException>(() => Resolve(resolver, $"${{file:{_folder.File("bad", "k=\\u1")}:k}}"));
        Assert.Contains("Malformed \\uxxxx encoding.", error.Message);
    }

    [Fact]
    public void Files_are_read_anew_for_each_configuration_and_once_within_one()
    {
        var file = _folder.File("p", "k=1");
        var resolver = Resolver(("file", "FileConfigProvider", []));
        Assert.Equal("1", Resolve(resolver, $"${{file:{file}:k}}"));

        _folder.File("p", "k=2");

        Assert.Equal("2", Resolve(resolver, $"${{file:{file}:k}}"));
    }

    [Theory]
    [InlineData("config.providers.x.class", "Nope",
        "available ConfigProviders are: FileConfigProvider, DirectoryConfigProvider, EnvVarConfigProvider")]
    [InlineData("config.providers.x.param.allowed.paths", "relative", "Path relative is not absolute")]
    [InlineData("config.providers.x.param.allowed.paths", "/does/not/exist", "Path /does/not/exist does not exist")]
    public void A_wrong_provider_is_refused_at_the_start(string key, string value, string message)
    {
        var config = new Dictionary<string, string>
        { ["config.providers"] = "x", ["config.providers.x.class"] = "FileConfigProvider", [key] = value };

        Assert.Contains(message, Assert.Throws<ConfigException>(() => new ConfigResolver(config)).Message);
    }

    [Fact]
    public void A_provider_needs_a_class_and_a_pattern_that_compiles()
    {
        Assert.Equal(
            "Missing required configuration \"config.providers.x.class\" which has no default value.",
            Assert.Throws<ConfigException>(
                () => new ConfigResolver(new Dictionary<string, string> { ["config.providers"] = "x" })).Message);
        Assert.Contains("Invalid regex",
            Assert.Throws<ConfigException>(
                () => Resolver(("env", "EnvVarConfigProvider", [("allowlist.pattern", "[")]))).Message);
    }

    [Fact]
    public void Messages_can_be_cleared_of_what_was_resolved()
    {
        var file = _folder.File("p", "long=s3cr3t-and-more\nshort=s3cr3t\ntiny=ab");
        var config = Resolver(("file", "FileConfigProvider", [])).Resolve(new Dictionary<string, string>
        {
            ["a"] = $"${{file:{file}:short}}",
            ["b"] = $"${{file:{file}:long}}",
            ["c"] = $"${{file:{file}:tiny}}",
        });

        Assert.Equal(["s3cr3t", "s3cr3t-and-more", "ab"], config.Values);
        Assert.Equal($"no ${{file:{file}:long}}, ${{file:{file}:short}} in a cab",
            config.Redact("no s3cr3t-and-more, s3cr3t in a cab"));
    }

    private static string Resolve(ConfigResolver resolver, string value)
        => resolver.Resolve(new Dictionary<string, string> { ["k"] = value })["k"];

    private static void AssertStays(ConfigResolver resolver, string value) => Assert.Equal(value, Resolve(resolver, value));

    private static ConfigResolver Resolver(params (string Name, string Class,
        (string Key, string Value)[] Parameters)[] providers)
    {
        var config = new Dictionary<string, string> { ["config.providers"] = string.Join(", ", providers.Select(p => p.Name)) };
        foreach (var (name, className, parameters) in providers)
        {
            config.Add($"config.providers.{name}.class", className);
            foreach (var (key, value) in parameters)
                config.Add($"config.providers.{name}.param.{key}", value);
        }
        return new(config);
    }
}
