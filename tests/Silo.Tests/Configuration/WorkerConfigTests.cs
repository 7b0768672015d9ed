using Exports.Silo.Configuration;
using Microsoft.Extensions.Logging;

namespace Exports.Silo.Tests.Configuration;

public sealed class WorkerConfigTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("exports-config-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Without_any_key_every_key_has_its_default()
    {
        var config = WorkerConfig.From(Nothing);

        Assert.Equal(["localhost:9092"], config.BootstrapServers);
        Assert.Equal("exports", config.GroupId);
        Assert.Equal([new Listener("", 8083)], config.Listeners);
        Assert.False(config.Rest.IsGuarded);
        Assert.Equal(Path.GetFullPath("./data"), config.DataDir);
        Assert.Empty(config.PluginPath);
        Assert.Equal(TimeSpan.FromSeconds(10), config.OffsetFlushInterval);
        Assert.Equal(TimeSpan.FromSeconds(5), config.OffsetFlushTimeout);
        Assert.Equal(TimeSpan.FromSeconds(5), config.ShutdownGrace);
        Assert.Equal(LogLevel.Information, config.LogLevel);
        Assert.Equal("localhost:9092", config.Pipeline.Client["bootstrap.servers"]);
        Assert.Equal("ByteArrayConverter", config.Pipeline.Converters["key.converter"]);
        Assert.Equal("ByteArrayConverter", config.Pipeline.Converters["value.converter"]);
        Assert.Equal("SimpleHeaderConverter", config.Pipeline.Converters["header.converter"]);
        Assert.Equal(256L << 20, config.Pipeline.BufferBytes);
        Assert.Equal(16L << 20, config.Pipeline.TaskBufferBytes);
        Assert.Equal(TimeSpan.FromSeconds(30), config.Pipeline.MetadataMaxAge);
        Assert.Empty(config.Warnings);
        Assert.Empty(config.NotNeeded);
    }

    [Fact]
    public void A_worker_file_of_Kafka_Connect_is_taken_as_it_is()
    {
        var config = Load("""
            bootstrap.servers=kafka-1:9092,kafka-2:9092
            group.id=connect-cluster
            key.converter=org.apache.kafka.connect.json.JsonConverter
            value.converter=org.apache.kafka.connect.json.JsonConverter
            key.converter.schemas.enable=true
            value.converter.schemas.enable=false
            offset.storage.topic=connect-offsets
            offset.storage.replication.factor=1
            config.storage.topic=connect-configs
            config.storage.replication.factor=1
            status.storage.topic=connect-status
            status.storage.replication.factor=1
            offset.flush.interval.ms=60000
            scheduled.rebalance.max.delay.ms=0
            rest.advertised.host.name=connect-1
            plugin.path=/usr/share/java,/opt/plugins
            listeners=http://:8083
            """);

        Assert.Equal(["kafka-1:9092", "kafka-2:9092"], config.BootstrapServers);
        Assert.Equal("connect-cluster", config.Pipeline.GroupId);
        Assert.Equal("org.apache.kafka.connect.json.JsonConverter", config.Pipeline.Converters["value.converter"]);
        Assert.Equal("false", config.Pipeline.Converters["value.converter.schemas.enable"]);
        Assert.Equal(["/usr/share/java", "/opt/plugins"], config.PluginPath);
        Assert.Equal(TimeSpan.FromSeconds(60), config.OffsetFlushInterval);
        Assert.Empty(config.Warnings);
        Assert.Equal(
            [
                "config.storage.replication.factor", "config.storage.topic", "offset.storage.replication.factor",
                "offset.storage.topic", "rest.advertised.host.name", "scheduled.rebalance.max.delay.ms",
                "status.storage.replication.factor", "status.storage.topic",
            ],
            config.NotNeeded);
    }

    [Theory]
    [InlineData("cluster.id", "a", "cluster.redis")]
    [InlineData("cluster.gateway.port", "0", "cluster.redis")]
    [InlineData("otlp.protocol", "grpc", "otlp.endpoint")]
    public void A_key_that_has_no_effect_without_another_is_warned_of(string key, string value, string other)
        => Assert.Equal([$"{key} has no effect without {other}."], WorkerConfig.From(new Dictionary<string, string> { [key] = value }).Warnings);

    [Fact]
    public void A_process_without_connectors_needs_a_cluster_to_ask()
    {
        var error = Assert.Throws<WorkerConfigException>(() => WorkerConfig.From(new Dictionary<string, string> { ["worker.role"] = "api" }));
        Assert.Equal(["worker.role=api answers requests for the workers of a cluster, and needs cluster.redis to find them."], error.Errors);
        Assert.True(WorkerConfig.From(Nothing).RunsConnectors);
    }

    [Fact]
    public void A_cluster_needs_the_engine_that_has_one_and_an_address_of_Redis()
    {
        Dictionary<string, string> keys = new() { ["cluster.redis"] = "redis:6379,password=hunter2", ["group.id"] = "exports-1", ["cluster.advertised.address"] = "10.1.2.3" };
        if (WorkerHost.EngineName == "Orleans")
        {
            var cluster = WorkerConfig.From(keys).Cluster!;
            Assert.Equal(("exports-1", "10.1.2.3", 11111), (cluster.Id, cluster.Address.ToString(), cluster.Port));
            Dictionary<string, string> shared = new(keys) { ["data.dir"] = "/data", ["cluster.port"] = "1", ["pipeline.lanes"] = "2", ["metadata.max.age.ms"] = "5000" };
            Assert.Equal(["data.dir"], WorkerConfig.From(shared).NotNeeded);
            // One file for both: what only the workers use is named, and nothing is warned of.
            var api = WorkerConfig.From(new Dictionary<string, string>(shared) { ["worker.role"] = "api" });
            Assert.Equal(["cluster.advertised.address", "cluster.port", "data.dir", "pipeline.lanes"], api.NotNeeded);
            Assert.Empty(api.Warnings);
            Assert.Null(WorkerConfig.From(Nothing).Cluster);
        }
        else
        {
            var refused = Assert.Throws<WorkerConfigException>(() => WorkerConfig.From(keys));
            Assert.Contains("cluster.redis asks for a cluster, which needs the engine Orleans", refused.Message);
            Assert.DoesNotContain("hunter2", refused.Message);
        }

        var wrong = Assert.Throws<WorkerConfigException>(() => WorkerConfig.From(new Dictionary<string, string>
        {
            ["cluster.redis"] = "password=hunter2",
            ["cluster.advertised.address"] = "worker-1",
            ["cluster.port"] = "70000",
        }));
        Assert.Contains("must begin with host:port", wrong.Message);
        Assert.Contains("worker-1", wrong.Message);
        Assert.Contains("cluster.port", wrong.Message);
        Assert.DoesNotContain("hunter2", wrong.Message);
    }

    [Fact]
    public void The_command_line_wins_over_the_environment_and_that_over_the_file()
    {
        var config = Load(
            "group.id=file\nbootstrap.servers=file:1\ndata.dir=/file",
            new() { ["CONNECT_GROUP_ID"] = "environment", ["CONNECT_BOOTSTRAP_SERVERS"] = "environment:2" },
            new() { ["group.id"] = "command-line" });

        Assert.Equal("command-line", config.GroupId);
        Assert.Equal(["environment:2"], config.BootstrapServers);
        Assert.Equal("/file", config.DataDir);
        Assert.Equal(["CONNECT_BOOTSTRAP_SERVERS", "CONNECT_GROUP_ID"], config.FromEnvironment);
    }

    [Fact]
    public void Prefixed_client_settings_go_to_their_clients_and_the_others_to_all()
    {
        var config = Load("""
            bootstrap.servers=kafka:9093
            security.protocol=SASL_SSL
            sasl.mechanism=PLAIN
            sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="p";
            consumer.fetch.max.wait.ms=50
            producer.compression.type=zstd
            admin.request.timeout.ms=4000
            """);

        Assert.Equal("SASL_SSL", config.Pipeline.Client["security.protocol"]);
        Assert.Contains("username=\"u\"", config.Pipeline.Client["sasl.jaas.config"]);
        Assert.Equal("50", Assert.Single(config.Pipeline.Consumer).Value);
        Assert.Equal("zstd", config.Pipeline.Producer["compression.type"]);
        Assert.Equal("4000", config.Pipeline.Admin["request.timeout.ms"]);
        Assert.DoesNotContain("group.id", config.Pipeline.Client.Keys);
        Assert.Empty(config.Warnings);
        Assert.Empty(config.NotNeeded);
    }

    [Fact]
    public void Placeholders_are_resolved_in_worker_values()
    {
        var secrets = Path.Combine(_directory, "secrets.properties");
        File.WriteAllText(secrets, "brokers=kafka-9:9092\npassword=hunter2\n");
        var config = Load($$"""
            config.providers=file
            config.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider
            bootstrap.servers=${file:{{secrets}}:brokers}
            ssl.key.password=${file:{{secrets}}:password}
            """);

        Assert.Equal(["kafka-9:9092"], config.BootstrapServers);
        Assert.Equal("hunter2", config.Pipeline.Client["ssl.key.password"]);
        Assert.Equal("file", config.Pipeline.ConfigProviders["config.providers"]);
    }

    [Fact]
    public void A_wrong_value_that_a_provider_gave_is_not_shown()
    {
        var secrets = Path.Combine(_directory, "secrets.properties");
        File.WriteAllText(secrets, "interval=hunter2\n");
        var error = Assert.Single(Errors($$"""
            config.providers=file
            config.providers.file.class=FileConfigProvider
            offset.flush.interval.ms=${file:{{secrets}}:interval}
            """));

        Assert.DoesNotContain("hunter2", error);
        Assert.Contains("${file:", error);
        Assert.Contains("offset.flush.interval.ms", error);
    }

    [Fact]
    public void All_errors_are_reported_at_once_with_key_value_and_what_is_allowed()
    {
        var errors = Errors("""
            bootstrap.servers=kafka
            offset.flush.interval.ms=soon
            task.shutdown.graceful.timeout.ms=-1
            pipeline.lanes=0
            pipeline.buffer.bytes=10
            listeners=ftp://:8083
            log.level=LOUD
            log.level.Exports.Api=LOUDER
            data.dir=
            """);

        Assert.Equal(9, errors.Count);
        Assert.Contains(errors, error => error.Contains("bootstrap.servers") && error.Contains("kafka") && error.Contains("host:port"));
        Assert.Contains(errors, error => error.Contains("offset.flush.interval.ms") && error.Contains("soon") && error.Contains("LONG"));
        Assert.Contains(errors, error => error.Contains("task.shutdown.graceful.timeout.ms") && error.Contains("-1") && error.Contains("at least 0"));
        Assert.Contains(errors, error => error.Contains("pipeline.lanes") && error.Contains("at least 1"));
        Assert.Contains(errors, error => error.Contains("pipeline.buffer.bytes") && error.Contains("1048576"));
        Assert.Contains(errors, error => error.Contains("listeners") && error.Contains("http://host:port"));
        Assert.Contains(errors, error => error.Contains("log.level:") && error.Contains("LOUD") && error.Contains("INFO"));
        Assert.Contains(errors, error => error.Contains("log.level.Exports.Api") && error.Contains("LOUDER"));
        Assert.Contains(errors, error => error.Contains("data.dir"));
    }

    [Fact]
    public void Wrong_client_settings_are_named_as_they_were_given_and_secrets_are_not_shown()
    {
        var errors = Errors("""
            security.protocol=SASL_SSL
            sasl.mechanism=PLAIN
            sasl.jaas.config=hunter2
            consumer.fetch.max.wait.ms=soon
            consumer.session.timeout.ms=-5
            admin.request.timeout.ms=zip
            """);

        Assert.Equal(4, errors.Count);
        Assert.Contains(errors, error => error.Contains("configuration sasl.jaas.config"));
        Assert.Contains(errors, error => error.Contains("soon") && error.Contains("configuration consumer.fetch.max.wait.ms"));
        Assert.Contains(errors, error => error.Contains("-5") && error.Contains("configuration consumer.session.timeout.ms"));
        Assert.Contains(errors, error => error.Contains("zip") && error.Contains("configuration admin.request.timeout.ms"));
        Assert.DoesNotContain(errors, error => error.Contains("hunter2"));
    }

    [Fact]
    public void A_second_cluster_is_refused()
    {
        Assert.Contains("consumer.bootstrap.servers", Assert.Single(Errors("bootstrap.servers=a:1\nconsumer.bootstrap.servers=b:1")));
        Assert.Equal(["a:1"], Load("bootstrap.servers=a:1\nconsumer.bootstrap.servers=a:1").BootstrapServers);
    }

    [Fact]
    public void Client_settings_without_effect_are_not_needed_and_unknown_ones_are_warned_about()
    {
        var config = Load("consumer.max.poll.records=500\nconsumer.max.pol.records=500\nretry.backoff.ms=100");

        Assert.Equal(["consumer.max.poll.records"], config.NotNeeded);
        Assert.Contains("consumer.max.pol.records", Assert.Single(config.Warnings));
    }

    [Theory]
    [InlineData("security.protocl=SSL", "Did you mean security.protocol?")]
    [InlineData("reconnect.backof.ms=10", "Did you mean reconnect.backoff.ms?")]
    [InlineData("consumer.fetch.max.wait=10", "Did you mean consumer.fetch.max.wait.ms?")]
    public void A_misspelt_key_of_a_client_is_warned_about_with_the_key_that_was_meant(string line, string warning)
        => Assert.Contains(warning, Assert.Single(Load(line).Warnings));

    [Fact]
    public void An_unknown_key_is_warned_about_once_with_the_key_that_was_meant()
    {
        var config = Load("offset.flush.intervall.ms=1000\nutterly.different=1");

        Assert.Equal(2, config.Warnings.Count);
        Assert.Contains("offset.flush.intervall.ms", config.Warnings[0]);
        Assert.Contains("Did you mean offset.flush.interval.ms?", config.Warnings[0]);
        Assert.Contains("utterly.different", config.Warnings[1]);
        Assert.DoesNotContain("Did you mean", config.Warnings[1]);
    }

    [Theory]
    [InlineData("listeners=https://:8443", "https")]
    [InlineData("listeners=http://:8083\nadmin.listeners=https://:9443", "listeners.https.ssl.keystore.location")]
    [InlineData("listeners=http://:8083\nadmin.listeners=http://:8083", "admin.listeners")]
    [InlineData("admin.listeners=9000", "admin.listeners")]
    [InlineData("rest.extension.classes=org.apache.kafka.connect.rest.basic.auth.extension.BasicAuthSecurityRestExtension", "rest.extension.classes")]
    [InlineData("rest.extension.classes=org.apache.kafka.connect.rest.basic.auth.extension.BasicAuthSecurityRestExtension", "rest.authentication.basic.users.file")]
    [InlineData("rest.extension.classes=com.example.Guard", "com.example.Guard")]
    [InlineData("response.http.headers.config=X-Frame-Options: DENY", "response.http.headers.config")]
    [InlineData("access.control.allow.origin=example.com", "'example.com' is not an origin")]
    [InlineData("access.control.allow.methods=get", "access.control.allow.methods")]
    [InlineData("rest.authentication=kerberos", "basic, bearer")]
    [InlineData("rest.authentication=basic", "rest.authentication.basic.users.file")]
    [InlineData("rest.authentication=basic\nrest.authentication.basic.users.file=/no/such/file", "/no/such/file")]
    [InlineData("rest.authentication.basic.users.file=/no/such/file", "rest.authentication=basic, which is not set")]
    [InlineData("rest.authentication.bearer.audience=a", "rest.authentication=bearer, which is not set")]
    [InlineData("rest.authentication.basic.user.file=/f", "rest.authentication.basic.users.file")]
    [InlineData("rest.authentication=bearer\nrest.authentication.bearer.audience=a", "rest.authentication.bearer.authority")]
    [InlineData("rest.authentication=bearer\nrest.authentication.bearer.authority=https://i.test", "rest.authentication.bearer.audience")]
    [InlineData("rest.authentication=bearer\nrest.authentication.bearer.audience=a\nrest.authentication.bearer.authority=http://i.test", "https address")]
    [InlineData("rest.authentication.open.paths=/connectors", "rest.authentication.open.paths")]
    [InlineData("rest.max.connections=0", "rest.max.connections")]
    [InlineData("connector.client.config.override.policy=Som", "connector.client.config.override.policy")]
    public void What_would_change_security_if_it_were_ignored_stops_the_start(string line, string named)
        => Assert.Contains(named, Assert.Single(Errors(line)));

    [Theory]
    [InlineData("admin.listeners=")]
    [InlineData("rest.extension.classes=")]
    [InlineData("response.http.headers.config=")]
    [InlineData("connector.client.config.override.policy=All")]
    [InlineData("connector.client.config.override.policy=org.apache.kafka.connect.connector.policy.AllConnectorClientConfigOverridePolicy")]
    [InlineData("access.control.allow.origin=")]
    [InlineData("topic.tracking.enable=true")]
    public void What_asks_for_nothing_is_accepted_in_silence(string line)
    {
        var config = Load(line);

        Assert.Empty(config.Warnings);
        Assert.Empty(config.NotNeeded);
    }

    [Theory]
    [InlineData("", null, null)]
    [InlineData("None", "None", "None")]
    [InlineData("PrincipalConnectorClientConfigOverridePolicy", "Principal", null)]
    [InlineData("Allowlist", null, "Allowlist")]
    [InlineData("org.apache.kafka.connect.connector.policy.AllowlistConnectorClientConfigOverridePolicy", null, "Allowlist")]
    public void The_policy_of_overrides_is_found_by_any_of_its_names(string name, string? refusesAcks, string? refusesLogin)
    {
        var config = Load(
            (name.Length > 0 ? $"connector.client.config.override.policy={name}\n" : "")
            + "connector.client.config.override.allowlist=acks, linger.ms");

        var policy = config.Pipeline.Overrides;
        Assert.Equal(Refusal(refusesAcks, "acks"), policy.Refuse("acks"));
        Assert.Equal(Refusal(refusesLogin, "sasl.jaas.config"), policy.Refuse("sasl.jaas.config"));

        static string? Refusal(string? policy, string setting) => policy is null
            ? null
            : $"The '{policy}' policy does not allow '{setting}' to be overridden in the connector configuration.";
    }

    [Fact]
    public void The_log_is_text_unless_JSON_is_asked_for_and_any_other_format_is_refused()
    {
        Assert.Equal(LogFormat.Text, WorkerConfig.From(Nothing).LogFormat);
        Assert.Equal(LogFormat.Json, Load("", new() { ["CONNECT_LOG_FORMAT"] = "json" }, []).LogFormat);

        var error = Assert.Single(Assert.Throws<WorkerConfigException>(() => Load("log.format=xml")).Errors);
        Assert.Equal("Invalid value xml for configuration log.format: String must be one of: text, json", error);
    }

    [Fact]
    public void Log_levels_are_set_for_all_and_by_name()
    {
        var config = Load("log.level=warn\nlog.level.Exports.Pipeline=DEBUG");

        Assert.Equal(LogLevel.Warning, config.LogLevel);
        Assert.Equal(LogLevel.Debug, config.LogLevels["Exports.Pipeline"]);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var missing = Path.Combine(_directory, "missing.properties");

        var error = Assert.Single(Assert.Throws<WorkerConfigException>(() => WorkerConfig.Load(missing, Nothing, Nothing)).Errors);

        Assert.Contains(missing, error);
    }

    [Fact]
    public void A_config_provider_that_is_unknown_is_named()
        => Assert.Contains("vault", Assert.Single(Errors("config.providers=vault\nconfig.providers.vault.class=com.example.VaultConfigProvider")));

    [Fact]
    public void The_older_names_of_the_listener_hold_where_listeners_is_not_given()
    {
        Assert.Equal([new Listener("connect-1", 9000)], Load("rest.host.name=connect-1\nrest.port=9000").Listeners);
        Assert.Equal([new Listener("", 9000)], Load("rest.port=9000").Listeners);
        Assert.Equal([new Listener("", 8085)], Load("rest.port=9000\nlisteners=http://:8085").Listeners);
        Assert.Contains("rest.port", Assert.Single(Errors("rest.port=70000")));
        Assert.Contains("rest.host.name", Assert.Single(Errors("rest.host.name=a b")));
    }

    private static Dictionary<string, string> Nothing { get; } = [];

    private WorkerConfig Load(string properties, Dictionary<string, string>? environment = null, Dictionary<string, string>? overrides = null)
    {
        var file = Path.Combine(_directory, "worker.properties");
        File.WriteAllText(file, properties);
        return WorkerConfig.Load(file, environment ?? Nothing, overrides ?? Nothing);
    }

    private IReadOnlyList<string> Errors(string properties)
        => Assert.Throws<WorkerConfigException>(() => Load(properties)).Errors;
}
