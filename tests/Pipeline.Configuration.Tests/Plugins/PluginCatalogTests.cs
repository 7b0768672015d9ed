using System.Reflection;
using Exports.Connectors.File;
using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging.Abstractions;

namespace Exports.Pipeline.Configuration.Tests.Plugins;

public class PluginCatalogTests
{
    private static readonly string s_acme = BuiltPlugin("AcmePlugin");
    private static readonly string s_nextAcme = BuiltPlugin("NextAcmePlugin");

    private readonly PluginCatalog _catalog = new([typeof(FileStreamSinkConnector).Assembly, typeof(NullSinkConnector).Assembly]);

    [Theory]
    [InlineData("Exports.Connectors.File.FileStreamSinkConnector")]
    [InlineData("FileStreamSinkConnector")]
    [InlineData("FileStreamSink")]
    [InlineData(" FileStreamSink ")]
    [InlineData("org.apache.kafka.connect.file.FileStreamSinkConnector")]
    public void A_connector_is_found_by_each_of_its_names(string name)
        => Assert.IsType<FileStreamSinkConnector>(_catalog.FindConnector(name));

    [Theory]
    [InlineData("org.apache.kafka.connect.json.JsonConverter", typeof(JsonConverter))]
    [InlineData("JsonConverter", typeof(JsonConverter))]
    [InlineData("Json", typeof(JsonConverter))]
    [InlineData("org.apache.kafka.connect.storage.StringConverter", typeof(StringConverter))]
    [InlineData("org.apache.kafka.connect.converters.ByteArrayConverter", typeof(ByteArrayConverter))]
    public void The_built_in_converters_have_the_names_of_the_originals(string name, Type type)
    {
        Assert.IsType(type, _catalog.CreateConverter(name));
        Assert.IsType(type, _catalog.CreateConverter(name, ConverterRole.Header));
    }

    [Theory]
    [InlineData("org.apache.kafka.connect.storage.SimpleHeaderConverter")]
    [InlineData("SimpleHeaderConverter")]
    [InlineData("Simple")]
    public void The_simple_header_converter_serves_headers_only(string name)
    {
        Assert.IsType<SimpleHeaderConverter>(_catalog.CreateConverter(name, ConverterRole.Header));
        var error = Assert.Throws<PluginNotFoundException>(() => _catalog.CreateConverter(name, ConverterRole.Key));
        Assert.StartsWith($"Failed to find any class that implements Converter and which name matches {name}, available " +
            $"converters are: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AppendTransform", typeof(AppendTransform))]
    [InlineData("Append", typeof(AppendTransform))]
    [InlineData("org.example.Append", typeof(AppendTransform))]
    [InlineData("AppendTransform$Nested", typeof(AppendTransform.Nested))]
    [InlineData("Exports.Pipeline.Configuration.Tests.AppendTransform+Nested", typeof(AppendTransform.Nested))]
    [InlineData("Exports.Pipeline.Configuration.Tests.AppendTransform$Nested", typeof(AppendTransform.Nested))]
    public void Transforms_are_found_too(string name, Type type) => Assert.IsType(type, _catalog.CreateTransform(name));

    [Theory]
    [InlineData("TopicIsPredicate")]
    [InlineData("TopicIs")]
    public void Predicates_are_found_too(string name) => Assert.IsType<TopicIsPredicate>(_catalog.CreatePredicate(name));

    [Fact]
    public void One_connector_serves_all_and_everything_else_is_made_anew()
    {
        Assert.Same(_catalog.FindConnector("NullSink"), _catalog.FindConnector("NullSinkConnector"));
        Assert.NotSame(_catalog.CreateConverter("Json"), _catalog.CreateConverter("Json"));
        Assert.NotSame(_catalog.CreateTransform("Append"), _catalog.CreateTransform("Append"));
        Assert.NotSame(_catalog.CreatePredicate("TopicIs"), _catalog.CreatePredicate("TopicIs"));
    }

    [Fact]
    public void An_unknown_connector_is_answered_with_those_that_there_are()
    {
        var error = Assert.Throws<PluginNotFoundException>(() => _catalog.FindConnector("Z"));

        Assert.StartsWith("Failed to find any class that implements Connector and which name matches Z, available connectors " +
            "are: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("Exports.Connectors.File.FileStreamSinkConnector (", error.Message);
        Assert.Contains("Exports.Pipeline.Configuration.Tests.NullSinkConnector (", error.Message);
    }

    [Fact]
    public void A_name_that_two_connectors_have_is_refused()
    {
        var error = Assert.Throws<PluginNotFoundException>(() => _catalog.FindConnector("shared"));

        Assert.StartsWith("More than one connector matches alias shared. Please use full package and class name instead. " +
            "Classes found: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("NullSinkConnector", error.Message);
        Assert.Contains("OtherConnector", error.Message);
        Assert.DoesNotContain("FileStreamSink", error.Message);
    }

    [Fact]
    public void The_list_is_in_the_order_of_the_types()
    {
        Assert.Equal(_catalog.Plugins.OrderBy(p => p.Type).ThenBy(p => p.ClassName, StringComparer.Ordinal), _catalog.Plugins);
        Assert.Equal(["sink", "transformation", "predicate", "converter", "header_converter"],
            _catalog.Plugins.Select(p => p.TypeName).Distinct());
        var file = _catalog.Plugins.Single(p => p.ClassName == "Exports.Connectors.File.FileStreamSinkConnector");
        Assert.Equal("sink", file.TypeName);
        Assert.Equal(typeof(FileStreamSinkConnector).Assembly.GetName().Version!.ToString(3), file.Version);
        Assert.Null(file.Location);
        Assert.Equal(
            ["BooleanConverter", "ByteArrayConverter", "DoubleConverter", "FloatConverter", "IntegerConverter", "JsonConverter",
                "LongConverter", "ShortConverter", "SimpleHeaderConverter", "StringConverter"],
            _catalog.Plugins.Where(
                p => p.Type == PluginType.HeaderConverter && p.ClassName.StartsWith("Exports.Pipeline.", StringComparison.Ordinal)
                && !p.ClassName.Contains("Tests")).Select(p => p.ClassName["Exports.Pipeline.".Length..]));
    }

    [Fact]
    public async Task A_plugin_is_loaded_from_its_folder_with_its_own_libraries_and_the_workers_Sdk()
    {
        using var path = new TemporaryFolder();
        CopyAcme(path.Folder("acme"));

        var catalog = new PluginCatalog([], path.Path);

        var info = catalog.Plugins.Single(p => p.ClassName == "Acme.Export.AcmeSinkConnector");
        Assert.Equal("2.1.0", info.Version);
        Assert.Equal(path.Folder("acme"), info.Location);
        Assert.Contains(catalog.Plugins,
            p => p is { ClassName: "Acme.Export.UpperCaseTransform", Type: PluginType.Transformation });
        var connector = catalog.FindConnector("com.acme.AcmeSink");
        Assert.Equal("hello from the plugin's library", connector.Config["acme.greeting"]!.Default);
        Assert.NotSame(System.Runtime.Loader.AssemblyLoadContext.Default,
            System.Runtime.Loader.AssemblyLoadContext.GetLoadContext(connector.GetType().Assembly));
        var task = connector.CreateTask();
        await task.StartAsync(new("c", 0, new Dictionary<string, string>(), NullLogger.Instance, TimeProvider.System),
            CancellationToken.None);
        await task.StopAsync();
    }

    [Fact]
    public void A_plugin_may_also_lie_directly_in_the_path_or_be_named_itself()
    {
        using var path = new TemporaryFolder();
        CopyAcme(path.Path);

        Assert.NotNull(new PluginCatalog([], path.Path).FindConnector("AcmeSink"));
        Assert.NotNull(new PluginCatalog([], Path.Combine(path.Path, "Acme.Export.dll")).FindConnector("AcmeSink"));
    }

    [Fact]
    public void What_is_broken_is_reported_and_everything_else_works()
    {
        using var path = new TemporaryFolder();
        CopyAcme(path.Folder("acme"));
        Directory.CreateDirectory(path.Folder("empty"));
        Directory.CreateDirectory(path.Folder("garbage"));
        File.WriteAllText(Path.Combine(path.Folder("garbage"), "Garbage.dll"), "This is not an assembly.");
        CopyAcme(path.Folder("incomplete"));
        File.Delete(Path.Combine(path.Folder("incomplete"), "Acme.Library.dll"));

        var catalog = new PluginCatalog([], $"{path.Folder("missing")}, {path.Path}");

        Assert.NotNull(catalog.FindConnector("AcmeSink"));
        Assert.Contains(catalog.Failures, f => f.Location == path.Folder("missing"));
        Assert.Contains(catalog.Failures, f => f.Location == path.Folder("empty") && f.Reason.Contains("Exports.Connectors.Sdk"));
        Assert.Contains(catalog.Failures, f => f.Location.EndsWith("Garbage.dll", StringComparison.Ordinal));
        Assert.Contains(catalog.Failures, f => f.Location.Contains("incomplete") && f.Reason.Contains("Acme.Library"));
        Assert.Contains(catalog.Failures,
            f => f.Location.Contains("ThrowingConnector") && f.Reason.Contains("This one cannot be made."));
        Assert.DoesNotContain(catalog.Plugins, p => p.ClassName.Contains("Throwing") || p.ClassName.Contains("BaseConnector"));
        Assert.Throws<PluginNotFoundException>(() => catalog.FindConnector("ThrowingConnector"));
    }

    [Theory]
    [InlineData(null, "3.0.0")]
    [InlineData("", "3.0.0")]
    [InlineData("latest", "3.0.0")]
    [InlineData("2.1.0", "2.1.0")]
    [InlineData(" [2.1] ", "2.1.0")]
    [InlineData("[2,3)", "2.1.0")]
    [InlineData("(2.1,4]", "3.0.0")]
    [InlineData("(,2.5],[3.0.1,)", "2.1.0")]
    public void The_highest_version_that_is_asked_for_serves_with_its_own_version_of_a_library(string? version, string expected)
    {
        using var path = new TemporaryFolder();
        Copy(s_nextAcme, path.Folder("a-new"));
        Copy(s_acme, path.Folder("b-old"));
        var catalog = new PluginCatalog([], path.Path);

        var connector = catalog.FindConnector("AcmeSink", version);

        Assert.Equal(expected, connector.Version);
        Assert.Equal(
            expected == "3.0.0" ? "hello from the library's second version" : "hello from the plugin's library",
            connector.Config["acme.greeting"]!.Default);
        Assert.Equal(expected, catalog.CreateTransform("UpperCase", version).GetType().Assembly.GetName().Version!.ToString(3));
        Assert.Equal(
            ["2.1.0", "3.0.0"],
            catalog.Plugins.Where(p => p.ClassName == "Acme.Export.AcmeSinkConnector").Select(p => p.Version));
    }

    [Fact]
    public void A_version_that_is_not_there_is_answered_with_those_that_are()
    {
        using var path = new TemporaryFolder();
        Copy(s_acme, path.Folder("old"));
        Copy(s_nextAcme, path.Folder("new"));
        var catalog = new PluginCatalog([], path.Path);

        Assert.Equal(
            "Plugin Acme.Export.AcmeSinkConnector not found that matches the version range [2.0], available versions: [2.1.0, 3.0.0]",
            Assert.Throws<PluginNotFoundException>(() => catalog.FindConnector("AcmeSink", "2.0")).Message);
        Assert.Equal(
            "Plugin Acme.Export.UpperCaseTransform not found that matches the version range (3,), available versions: [2.1.0, 3.0.0]",
            Assert.Throws<PluginNotFoundException>(() => catalog.CreateTransform("UpperCase", "(3,)")).Message);
    }

    [Theory]
    [InlineData("one")]
    [InlineData("1.*")]
    [InlineData("[1")]
    [InlineData("[]")]
    [InlineData("[2,1]")]
    [InlineData("(1,1)")]
    [InlineData("[1,2),three")]
    public void What_is_no_version_and_no_range_is_refused(string version)
        => Assert.StartsWith(
            $"{version}: it is neither a version nor a range of versions; allowed: latest, ",
            Assert.Throws<PluginNotFoundException>(() => _catalog.FindConnector("FileStreamSink", version)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_misspelt_class_is_answered_with_the_one_that_may_have_been_meant()
        => Assert.EndsWith(
            ". Did you mean FileStreamSinkConnector?",
            Assert.Throws<PluginNotFoundException>(() => _catalog.FindConnector("FileStreemSinkConnector")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void The_same_class_in_two_folders_serves_once()
    {
        using var path = new TemporaryFolder();
        CopyAcme(path.Folder("a"));
        CopyAcme(path.Folder("b"));

        var catalog = new PluginCatalog([], path.Path);

        Assert.Equal(2, catalog.Plugins.Count(p => p.ClassName == "Acme.Export.AcmeSinkConnector"));
        Assert.NotNull(catalog.FindConnector("AcmeSink"));
    }

    [Fact]
    public void Names_can_be_looked_up_from_many_threads()
        => Parallel.For(0, 1000, i =>
        {
            Assert.NotNull(_catalog.FindConnector("FileStreamSink"));
            Assert.NotNull(_catalog.CreateConverter("Json"));
            Assert.Throws<PluginNotFoundException>(() => _catalog.CreateTransform("Nope"));
        });

    private static string BuiltPlugin(string name) => typeof(PluginCatalogTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == name).Value!;

    private static void CopyAcme(string folder) => Copy(s_acme, folder);

    private static void Copy(string plugin, string folder)
    {
        Directory.CreateDirectory(folder);
        Assert.NotEmpty(Directory.GetFiles(plugin, "Exports.Connectors.Sdk.dll"));
        foreach (var file in Directory.GetFiles(plugin))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
    }
}
