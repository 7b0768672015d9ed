using Exports.Connectors.File;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Configuration.Tests.Configuration;

public class ConnectorValidatorTests
{
    private static readonly PluginCatalog s_plugins = new([typeof(FileStreamSinkConnector).Assembly,
        typeof(NullSinkConnector).Assembly]);

    private static readonly PipelineOptions s_options = new()
    {
        Client = new Dictionary<string, string> { ["bootstrap.servers"] = "localhost:9092" },
        GroupId = "connect-cluster",
        Converters = new Dictionary<string, string>
        { ["key.converter"] = "ByteArrayConverter", ["value.converter"] = "ByteArrayConverter" },
    };

    private readonly ConnectorValidator _validator = new(s_plugins, new(new Dictionary<string, string>()), s_options);

    [Fact]
    public void A_file_sink_that_is_all_right()
    {
        var validation = Validate(("connector.class", "FileStreamSink"), ("file", "/tmp/x"));

        Assert.True(validation.IsValid);
        Assert.Empty(validation.Errors);
        Assert.Equal(0, validation.ErrorCount);
        Assert.Empty(validation.UnknownKeys);
        Assert.Equal("FileStreamSink", validation.ConnectorClass);
        Assert.Equal(["Common", "Transforms", "Predicates", "Error Handling", "File"], validation.Groups);
        Assert.Equal(
            [.. ConnectorConfig.Definition.Select(key => key.Name), "file", "file.fsync", "file.rotate.bytes",
                "file.rotate.keep"],
            validation.Keys.Select(key => key.Value.Name));
        // Kafka Connect 4.1 has these, and no others but those of the file sink; what is more here is the restart of failed tasks.
        Assert.Equal(
            [
                "config.action.reload", "connector.class", "connector.plugin.version", "errors.deadletterqueue.context.headers.enable",
                "errors.deadletterqueue.topic.name", "errors.deadletterqueue.topic.replication.factor", "errors.log.enable",
                "errors.log.include.messages", "errors.retry.delay.max.ms", "errors.retry.timeout", "errors.tolerance", "header.converter",
                "header.converter.plugin.version", "key.converter", "key.converter.plugin.version", "name", "predicates", "tasks.max",
                "tasks.max.enforce", "topics", "topics.regex", "transforms", "value.converter", "value.converter.plugin.version",
            ],
            ConnectorConfig.Definition.Select(key => key.Name).Where(name => !name.StartsWith("task.restart", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal));
        Assert.All(validation.Keys, key => Assert.Equal(key.Definition!.Name, key.Value.Name));
        Assert.Contains("Exports.Pipeline.JsonConverter",
            validation.Keys.Single(key => key.Value.Name == "value.converter").Value.RecommendedValues);
    }

    [Fact]
    public void A_required_key_that_is_misspelt_is_recognised()
    {
        Assert.Equal(
            ["Missing required configuration \"null.endpoint\" which has no default value. Is 'null.endpiont' meant for it?"],
            _validator.Validate(new Dictionary<string, string?>
            {
                ["name"] = "n",
                ["connector.class"] = "NullSink",
                ["topics"] = "a",
                ["null.endpiont"] = "x",
            }).Errors);
    }

    [Theory]
    [InlineData("tasks.max", "0", "Invalid value 0 for configuration tasks.max: Value must be at least 1")]
    [InlineData("errors.tolerance", "some",
        "Invalid value some for configuration errors.tolerance: String must be one of: none, all")]
    [InlineData("errors.log.enable", "maybe",
        "Invalid value maybe for configuration errors.log.enable: Expected value to be either true or false")]
    [InlineData("config.action.reload", "x",
        "Invalid value x for configuration config.action.reload: String must be one of: none, restart")]
    [InlineData("name", "", "Invalid value  for configuration name: String may not be empty")]
    [InlineData("name", "a\u0007b",
        "Invalid value a\u0007b for configuration name: String may not contain control sequences but had the following ASCII " +
            "chars: 7")]
    [InlineData("transforms", "t, t", null)]
    [InlineData("predicates", "p,p", null)]
    [InlineData("key.converter", "Nope", "Invalid value Nope for configuration key.converter: Class Nope could not be found.")]
    [InlineData("value.converter", "SimpleHeaderConverter",
        "Invalid value SimpleHeaderConverter for configuration value.converter: Class Exports.Pipeline.SimpleHeaderConverter " +
            "does not implement the Converter interface")]
    [InlineData("header.converter", "FileStreamSink",
        "Invalid value FileStreamSink for configuration header.converter: Class " +
            "Exports.Connectors.File.FileStreamSinkConnector does not implement the HeaderConverter interface")]
    [InlineData("connector.plugin.version", "one",
        "Invalid value one for configuration connector.plugin.version: it is neither a version nor a range of versions; allowed: ")]
    [InlineData("header.converter.plugin.version", "[1,2)",
        "Invalid value [1,2) for configuration header.converter.plugin.version: it has a meaning only with header.converter")]
    [InlineData("errors.retry.timeout", "x",
        "Invalid value x for configuration errors.retry.timeout: Not a number of type LONG")]
    [InlineData("name", "cluster",
        "Consumer group for sink connector named cluster conflicts with Connect worker group connect-cluster")]
    [InlineData("consumer.override.group.id", "connect-cluster",
        "Consumer group connect-cluster conflicts with Connect worker group connect-cluster")]
    [InlineData("consumer.override.fetch.max.wait.ms", "soon",
        "Invalid value soon for configuration consumer.override.fetch.max.wait.ms: ")]
    [InlineData("consumer.override.bootstrap.servers", "other:9092",
        "Invalid value other:9092 for configuration consumer.override.bootstrap.servers: Reading from another cluster than " +
            "the worker's is not supported yet")]
    [InlineData("null.min", "5", "null.min must not exceed null.max; the token is ")]
    [InlineData("null.endpoint", "throws",
        "Exports.Pipeline.Configuration.Tests.NullSinkConnector failed to check the configuration: Something in the plugin.")]
    public void One_mistake_gives_one_error(string key, string value, string? message)
    {
        var validation = Validate((key, value));

        if (message is not null)
            Assert.StartsWith(message, Assert.Single(validation.Errors), StringComparison.Ordinal);
        else
            Assert.Equal($"Invalid value [{value[0]}, {value[0]}] for configuration {key}: Duplicate alias provided.",
                validation.Errors[0]);
    }

    [Fact]
    public void A_number_that_is_none_counts_twice_as_in_the_original()
        => Assert.Equal(
            [
                "Invalid value x for configuration tasks.max: Not a number of type INT",
                "Invalid value null for configuration tasks.max: Value must be non-null",
            ],
            Validate(("tasks.max", "x")).Errors);

    [Fact]
    public void A_version_that_is_there_is_taken_and_one_that_is_not_is_an_error_at_both_keys_as_in_the_original()
    {
        var version = s_plugins.FindConnector("NullSink").Version;
        Assert.True(Validate(("connector.plugin.version", version), ("value.converter", "Json"),
            ("value.converter.plugin.version", "[0.0.1,)")).IsValid);

        var wrong = Validate(("connector.plugin.version", "[999,)"), ("value.converter", "Json"),
            ("value.converter.plugin.version", "999"), ("transforms", "t"), ("transforms.t.type", "AppendTransform"),
            ("transforms.t.plugin.version", "(,0.0.1)"));

        Assert.Equal(
            ["connector.class", "connector.plugin.version", "value.converter", "value.converter.plugin.version",
                "transforms.t.plugin.version"],
            wrong.Keys.Where(key => key.Value.Errors.Count > 0).Select(key => key.Value.Name));
        Assert.All(wrong.Errors, error => Assert.Contains(" not found that matches the version range ", error));
        Assert.Equal(5, wrong.ErrorCount);
        Assert.Equal(
            [version], wrong.Keys.Single(key => key.Value.Name == "connector.plugin.version").Value.RecommendedValues);
    }

    [Fact]
    public void Topics_must_be_given_in_exactly_one_way()
    {
        const string neither = "Must configure one of topics or topics.regex";
        const string both = "topics and topics.regex are mutually exclusive options, but both are set.";

        Assert.Equal([neither, neither], Validate(("topics", "")).Errors);
        Assert.Equal([both, both], Validate(("topics.regex", "a.*")).Errors);
        Assert.Equal(2, Validate(("topics.regex", "a.*")).ErrorCount);
        Assert.True(Validate(("topics", ""), ("topics.regex", "a.*")).IsValid);
        Assert.StartsWith("Invalid value [ for configuration topics.regex: Invalid regex: ",
            Assert.Single(Validate(("topics", ""), ("topics.regex", "[")).Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void The_dead_letter_topic_must_not_be_read_back()
    {
        Assert.Contains(
            "The DLQ topic 'd' may not be included in the list of topics ('topics=[a, d]') consumed by the connector",
            Validate(("topics", "a,d"), ("errors.deadletterqueue.topic.name", "d")).Errors);
        Assert.Contains(
            "The DLQ topic 'd' may not be matched by the regex for the topics ('topics.regex=.*') consumed by the connector",
            Validate(("topics", ""), ("topics.regex", ".*"), ("errors.deadletterqueue.topic.name", "d")).Errors);
        Assert.Single(Validate(("topics", ""), ("topics.regex", "["), ("errors.deadletterqueue.topic.name", "d")).Errors,
            e => e.Contains("topics.regex"));
    }

    [Fact]
    public void A_null_is_an_error_at_its_key()
    {
        const string isNull = "Null value can not be supplied as the configuration value.";

        Assert.Equal([isNull], Validate(("name", null)).Errors);
        Assert.Equal(["Invalid value null for configuration tasks.max: Value must be non-null", isNull],
            Validate(("tasks.max", null)).Errors);
        var unknown = Validate(("what.is.this", null));
        Assert.Equal([isNull], unknown.Errors);
        Assert.Null(unknown.Keys[0].Definition);
        Assert.Equal("what.is.this", unknown.Keys[0].Value.Name);
    }

    [Fact]
    public void Without_a_class_there_is_nothing_to_check_and_no_value_is_shown()
    {
        var error = Assert.Throws<ConfigException>(() => Validate(("connector.class", null), ("null.token", "hunter2")));

        Assert.EndsWith("contains no connector type", error.Message, StringComparison.Ordinal);
        Assert.StartsWith("Connector config {name, ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message);
    }

    [Fact]
    public void An_unknown_class_is_another_kind_of_error()
        => Assert.StartsWith(
            "Failed to find any class that implements Connector and which name matches Z, available connectors are: ",
            Assert.Throws<PluginNotFoundException>(() => Validate(("connector.class", "Z"))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void All_errors_come_at_once_in_the_order_of_the_keys()
    {
        var validation = _validator.Validate(new Dictionary<string, string?>
        {
            ["connector.class"] = "NullSink",
            ["tasks.max"] = "0",
            ["errors.tolerance"] = "some",
            ["nothing.known"] = null,
        });

        Assert.Equal(
            [
                "Null value can not be supplied as the configuration value.",
                "Missing required configuration \"name\" which has no default value.",
                "Invalid value 0 for configuration tasks.max: Value must be at least 1",
                "Invalid value some for configuration errors.tolerance: String must be one of: none, all",
                "Must configure one of topics or topics.regex",
                "Must configure one of topics or topics.regex",
                "Missing required configuration \"null.endpoint\" which has no default value.",
            ],
            validation.Errors);
        Assert.Equal(7, validation.ErrorCount);
        Assert.Equal(
            "Connector configuration is invalid and contains the following 7 error(s):\n" +
            string.Join('\n', validation.Errors) +
            "\nYou can also find the above list of errors at the endpoint `/connector-plugins/{connectorType}/config/validate`",
            validation.Message);
    }

    [Fact]
    public void A_converters_own_keys_are_checked_and_count_once_each()
    {
        var validation = Validate(
            ("value.converter", "org.apache.kafka.connect.json.JsonConverter"),
            ("value.converter.schemas.enable", "maybe"),
            ("value.converter.schemas.cache.size", "x"),
            ("value.converter.decimal.format", "roman"),
            ("header.converter", "BackwardsConverter"),
            ("header.converter.prefix", "?"));

        Assert.Equal(
            [
                "Invalid value ? for configuration header.converter.prefix: String must be one of: , <, >",
                "Invalid value maybe for configuration value.converter.schemas.enable: Expected value to be either true or false",
                "Invalid value x for configuration value.converter.schemas.cache.size: Not a number of type INT",
                "Invalid value null for configuration value.converter.schemas.cache.size: Value must be non-null",
                "Invalid value roman for configuration value.converter.decimal.format: String must be one of (case " +
                    "insensitive): BASE64, NUMERIC",
            ],
            validation.Errors);
        Assert.Equal(4, validation.ErrorCount);
        Assert.Empty(validation.UnknownKeys);
        Assert.Equal(["Schemas", "Serialization"], validation.Groups.TakeLast(2));
    }

    [Fact]
    public void A_converter_that_neither_connector_nor_worker_names_is_missing()
    {
        var validator = new ConnectorValidator(s_plugins, new(new Dictionary<string, string>()),
            s_options with { Converters = new Dictionary<string, string>() });

        var validation = validator.Validate(Config(("value.converter", "Json")));

        Assert.Equal(["Missing required configuration \"key.converter\" which has no default value."], validation.Errors);
    }

    [Fact]
    public void Transforms_and_predicates_bring_their_keys()
    {
        var validation = Validate(
            ("transforms", "a, b"),
            ("transforms.a.type", "org.example.Append"),
            ("transforms.a.text", "!"),
            ("transforms.a.predicate", "p"),
            ("transforms.a.negate", "true"),
            ("transforms.b.type", "AppendTransform$Nested"),
            ("predicates", "p"),
            ("predicates.p.type", "TopicIs"),
            ("predicates.p.topic", "t"));

        Assert.Empty(validation.Errors);
        Assert.Equal(["Transforms: a", "Transforms: b", "Predicates: p"], validation.Groups.Where(g => g.Contains(": ")));
        Assert.Equal(
            [
                "transforms.a.type", "transforms.a.plugin.version", "transforms.a.predicate", "transforms.a.negate",
                    "transforms.a.text",
                "transforms.b.type", "transforms.b.plugin.version", "transforms.b.predicate", "transforms.b.negate",
                    "predicates.p.type", "predicates.p.plugin.version", "predicates.p.topic",
            ],
            validation.Keys.Select(k => k.Value.Name).Where(
                n => n.StartsWith("transforms.", StringComparison.Ordinal)
                || n.StartsWith("predicates.", StringComparison.Ordinal)));
        Assert.Empty(validation.UnknownKeys);
    }

    [Theory]
    [InlineData("org.apache.kafka.connect.transforms.ExtractField$Key")]
    [InlineData("ExtractField$Key")]
    [InlineData("Exports.Pipeline.Transforms.ExtractField+Key")]
    public void A_built_in_transform_brings_the_keys_of_the_original(string type)
    {
        var validation = Validate(("transforms", "t"), ("transforms.t.type", type), ("transforms.t.field", "id"));

        Assert.Empty(validation.Errors);
        Assert.Empty(validation.UnknownKeys);
        var keys = validation.Keys.Where(key => key.Definition?.Group == "Transforms: t").ToList();
        Assert.Equal(
            [
                ("transforms.t.type", ConfigType.Class, null, ConfigImportance.High, "Transformation type for t"),
                ("transforms.t.plugin.version", ConfigType.String, null, ConfigImportance.Low, "plugin.version"),
                ("transforms.t.predicate", ConfigType.String, null, ConfigImportance.Medium, "predicate"),
                ("transforms.t.negate", ConfigType.Boolean, "false", ConfigImportance.Medium, "negate"),
                ("transforms.t.field", ConfigType.String, null, ConfigImportance.Medium, "field"),
                ("transforms.t.field.syntax.version", ConfigType.String, "V1", ConfigImportance.High, "field.syntax.version"),
                ("transforms.t.replace.null.with.default", ConfigType.Boolean, "true", ConfigImportance.Medium,
                    "replace.null.with.default"),
            ],
            keys.Select(key => (key.Definition!.Name, key.Definition.Type, key.Definition.Default, key.Definition.Importance,
                key.Definition.DisplayName)));
        Assert.Equal([true, true], keys.Where(key => key.Definition!.IsRequired).Select(key => key.Value.Visible));
        Assert.Contains("Exports.Pipeline.Transforms.InsertField+Value", keys[0].Value.RecommendedValues);
    }

    [Fact]
    public void A_transform_without_its_variant_is_recognised()
        => Assert.Equal(
            [
                "Invalid value InsertField for configuration transforms.t.type: Class InsertField is abstract and cannot be created. " +
                    "Did you mean InsertField$Key, InsertField$Value?",
                "Invalid value null for configuration transforms.t.type: Not a Transformation",
            ],
            Validate(("transforms", "t"), ("transforms.t.type", "InsertField")).Errors);

    [Fact]
    public void What_is_wrong_with_several_keys_of_a_transform_is_found_before_a_task_fails()
    {
        var validation = Validate(
            ("transforms", "t,u"),
            ("transforms.t.type", "ExtractField$Value"), ("transforms.t.field", "a.`b"), ("transforms.t.field.syntax.version", "v2"),
            ("transforms.u.type", "InsertField$Value"), ("transforms.u.static.field", "s"));

        Assert.StartsWith(
            "Incomplete backtick pair in path: [a.`b]",
            Assert.Single(validation.Keys.Single(key => key.Value.Name == "transforms.t.field").Value.Errors));
        Assert.Equal(
            "Invalid value null for configuration static.value: No value specified for static field: s",
            Assert.Single(validation.Keys.Single(key => key.Value.Name == "transforms.u.static.value").Value.Errors));
        Assert.Equal(2, validation.ErrorCount);
    }

    [Fact]
    public void A_transform_class_that_is_not_there_counts_twice_as_in_the_original()
    {
        Assert.Equal(
            [
                "Invalid value WheresTheFruit for configuration transforms.t.type: Class WheresTheFruit could not be found.",
                "Invalid value null for configuration transforms.t.type: Not a Transformation",
            ],
            Validate(("transforms", "t"), ("transforms.t.type", "WheresTheFruit")).Errors);
        Assert.Equal(
            [
                "Missing required configuration \"transforms.t.type\" which has no default value.",
                "Invalid value null for configuration transforms.t.type: Not a Transformation",
            ],
            Validate(("transforms", "t")).Errors);
        Assert.Equal(
            [
                "Missing required configuration \"predicates.p.type\" which has no default value.",
                "Invalid value null for configuration predicates.p.type: Not a Predicate",
            ],
            Validate(("predicates", "p")).Errors);
    }

    [Fact]
    public void A_transforms_own_keys_are_checked()
    {
        Assert.Equal(
            ["Missing required configuration \"transforms.t.text\" which has no default value."],
            Validate(("transforms", "t"), ("transforms.t.type", "Append")).Errors);
        Assert.Equal(
            ["Config 'transforms.t.negate' was provided but there is no config 'transforms.t.predicate' defining a predicate " +
                "to be negated."],
            Validate(("transforms", "t"), ("transforms.t.type", "Append"), ("transforms.t.text", ""),
                ("transforms.t.negate", "true")).Errors);
        Assert.Equal(
            [
                "Invalid value Nope for configuration transforms.t.type: Class Nope could not be found.",
                "Config 'transforms.t.negate' was provided but there is no config 'transforms.t.predicate' defining a predicate " +
                    "to be negated.",
            ],
            Validate(("transforms", "t"), ("transforms.t.type", "Nope"), ("transforms.t.negate", "true")).Errors);
        Assert.Contains(
            "There is no predicate of that alias",
            Assert.Single(Validate(("transforms", "t"), ("transforms.t.type", "Append"), ("transforms.t.text", ""),
                ("transforms.t.predicate", "p")).Errors));
        Assert.Contains(
            "not found that matches the version range [1]",
            Assert.Single(Validate(("transforms", "t"), ("transforms.t.type", "Append"), ("transforms.t.text", ""),
                ("transforms.t.plugin.version", "1")).Errors));
    }

    [Fact]
    public void Unknown_keys_are_no_errors_and_the_nearest_known_one_is_named()
    {
        var validation = Validate(
            ("task.max", "3"),
            ("Topics", "x"),
            ("null.endpiont", "x"),
            ("something.entirely.different", "x"),
            ("value.converter.schemas.enable", "false"),
            ("null.settings.anything", "free"),
            ("consumer.override.fetch.max.wait.ms", "10"),
            ("consumer.override.no.such.setting", "x"),
            ("consumer.override.key.deserializer", "x"),
            ("producer.override.acks", "all"),
            (new string('k', 100_000), "x"));

        Assert.True(validation.IsValid);
        Assert.Equal(
            [
                new("Topics", "topics"),
                new("consumer.override.key.deserializer", null),
                new("consumer.override.no.such.setting", null),
                new(new('k', 100_000), null),
                new("null.endpiont", "null.endpoint"),
                // Only a dead letter queue would have a producer.
                new("producer.override.acks", null),
                new("something.entirely.different", null),
                new("task.max", "tasks.max"),
                // A converter's keys mean something only beside the converter itself.
                new("value.converter.schemas.enable", null),
            ],
            validation.UnknownKeys);
    }

    [Fact]
    public void A_placeholder_that_nobody_knows_is_a_warning()
    {
        var validation = Validate(("null.endpoint", "${vault:secret:token}"));

        Assert.True(validation.IsValid);
        Assert.Equal(
            ["${vault:secret:token} of the configuration key 'null.endpoint' stays as it is: the worker's config.providers names none"],
            validation.Warnings);
    }

    [Fact]
    public void Settings_of_clients_that_the_policy_does_not_allow_are_errors_each_of_one_message()
    {
        var validator = new ConnectorValidator(
            s_plugins, new(new Dictionary<string, string>()), s_options with { Overrides = ClientOverridePolicy.Allowlist(["acks"]) });
        (string, string?)[] config =
        [
            ("consumer.override.fetch.max.wait.ms", "soon"),
            ("producer.override.acks", "all"),
            ("producer.override.linger.ms", "5"),
            ("admin.override.client.id", "me"),
        ];

        Assert.Equal([Refusal("fetch.max.wait.ms")], validator.Validate(Config(config)).Errors);
        var validation = validator.Validate(Config([.. config, ("errors.deadletterqueue.topic.name", "dlq")]));
        Assert.Equal([Refusal("linger.ms"), Refusal("client.id"), Refusal("fetch.max.wait.ms")], validation.Errors);
        Assert.Equal(3, validation.ErrorCount);
        Assert.Contains("producer.override.linger.ms", validation.Keys.Select(key => key.Value.Name));

        static string Refusal(string setting)
            => $"The 'Allowlist' policy does not allow '{setting}' to be overridden in the connector configuration.";
    }

    [Fact]
    public void Settings_of_a_dead_letter_queue_s_clients_are_checked_where_there_is_one()
    {
        Assert.StartsWith(
            "Invalid value 7 for configuration producer.override.acks: ",
            Assert.Single(Validate(("errors.deadletterqueue.topic.name", "dlq"), ("producer.override.acks", "7")).Errors));
        Assert.True(Validate(("producer.override.acks", "7")).IsValid);
        Assert.Equal(
            [new("admin.override.no.such", null)],
            Validate(
                ("errors.deadletterqueue.topic.name", "dlq"), ("producer.override.acks", "1"), ("admin.override.no.such", "x"),
                ("admin.override.client.id", "me")).UnknownKeys);
    }

    [Fact]
    public void Secrets_are_checked_resolved_and_shown_as_placeholders()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("p", "number=s3cr3t-number\ntoken=s3cr3t-token\nmin=9999\nclass=NullSink");
        var providers = new Dictionary<string, string>
        { ["config.providers"] = "file", ["config.providers.file.class"] = "FileConfigProvider" };
        var validator = new ConnectorValidator(s_plugins, new(providers), s_options);

        var validation = validator.Validate(Config(
            ("connector.class", $"${{file:{file}:class}}"),
            ("tasks.max", $"${{file:{file}:number}}"),
            ("null.token", $"${{file:{file}:token}}"),
            ("null.min", $"${{file:{file}:min}}")));

        Assert.Equal(
            [
                $"Invalid value ${{file:{file}:number}} for configuration tasks.max: Not a number of type INT",
                "Invalid value null for configuration tasks.max: Value must be non-null",
                $"null.min must not exceed null.max; the token is ${{file:{file}:token}}",
            ],
            validation.Errors);
        Assert.Equal("[hidden]", validation.Keys.Single(k => k.Value.Name == "null.token").Value.Value);
        Assert.Equal($"${{file:{file}:min}}", validation.Keys.Single(k => k.Value.Name == "null.min").Value.Value);
    }

    [Fact]
    public void A_password_that_a_plugin_puts_into_its_message_is_taken_out()
        => Assert.Equal(
            ["null.min must not exceed null.max; the token is [hidden]"],
            Validate(("null.token", "hunter2"), ("null.min", "3")).Errors);

    private ConnectorValidation Validate(params (string Key, string? Value)[] entries) => _validator.Validate(Config(entries));

    private static Dictionary<string, string?> Config(params (string Key, string? Value)[] entries)
    {
        var config = new Dictionary<string, string?>
        { ["name"] = "c1", ["connector.class"] = "NullSink", ["topics"] = "t", ["null.endpoint"] = "e" };
        foreach (var (key, value) in entries)
            config[key] = value;
        if (config["connector.class"] == "FileStreamSink")
            config.Remove("null.endpoint");
        return config;
    }
}
