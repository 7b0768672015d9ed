namespace Exports.Kafka.Client.Settings.Tests;

public sealed class TranslationTests
{
    /// <summary>Role (C, P, A), what is given, what librdkafka is to get (the defaults of the role left out).</summary>
    public static TheoryData<string, string, string> Translated => new()
    {
        { "CPA", "bootstrap.servers=a:9092, b:9093", "bootstrap.servers=a:9092,b:9093" },
        { "C", "bootstrap.servers=[::1]:9092", "bootstrap.servers=[::1]:9092" },
        { "CPA", "client.id= me ", "client.id=me" },
        { "CP", "client.rack=eu-1a", "client.rack=eu-1a" },
        { "CPA", "client.dns.lookup=use_all_dns_ips", "client.dns.lookup=use_all_dns_ips" },
        { "CPA", "metadata.max.age.ms=30000", "topic.metadata.refresh.interval.ms=30000" },
        { "CPA", "metadata.recovery.strategy=REBOOTSTRAP", "metadata.recovery.strategy=rebootstrap" },
        { "C", "metadata.recovery.rebootstrap.trigger.ms=1000", "metadata.recovery.rebootstrap.trigger.ms=1000" },
        { "CPA", "receive.buffer.bytes=-1", "socket.receive.buffer.bytes=0" },
        { "CPA", "receive.buffer.bytes=65536", "socket.receive.buffer.bytes=65536" },
        { "CPA", "send.buffer.bytes=131072", "socket.send.buffer.bytes=131072" },
        { "CA", "request.timeout.ms=20000", "socket.timeout.ms=20000" },
        { "P", "request.timeout.ms=20000", "request.timeout.ms=20000; socket.timeout.ms=20000" },
        { "CPA", "socket.connection.setup.timeout.ms=10000", "socket.connection.setup.timeout.ms=10000" },
        { "CPA", "connections.max.idle.ms=540000", "connections.max.idle.ms=540000" },
        { "CPA", "connections.max.idle.ms=-1", "connections.max.idle.ms=0" },
        {
            "CPA", "reconnect.backoff.ms=50; reconnect.backoff.max.ms=1000",
            "reconnect.backoff.ms=50; reconnect.backoff.max.ms=1000"
        },
        { "CPA", "reconnect.backoff.ms=20000", "reconnect.backoff.ms=20000; reconnect.backoff.max.ms=20000" },
        {
            "CPA", "reconnect.backoff.ms=5000; reconnect.backoff.max.ms=1000",
            "reconnect.backoff.ms=1000; reconnect.backoff.max.ms=1000"
        },
        { "CPA", "reconnect.backoff.max.ms=50", "reconnect.backoff.ms=50; reconnect.backoff.max.ms=50" },
        { "CPA", "retry.backoff.ms=0; retry.backoff.max.ms=1000", "retry.backoff.ms=1; retry.backoff.max.ms=1000" },
        { "CPA", "enable.metrics.push=False", "enable.metrics.push=false" },

        { "C", "group.id=g; group.instance.id=i", "group.id=g; group.instance.id=i" },
        {
            "C", "group.protocol=CONSUMER; group.remote.assignor=uniform",
            "group.protocol=consumer; group.remote.assignor=uniform"
        },
        {
            "C",
            "partition.assignment.strategy=org.apache.kafka.clients.consumer.RangeAssignor,"
            + "org.apache.kafka.clients.consumer.CooperativeStickyAssignor",
            "partition.assignment.strategy=range"
        },
        {
            "C", "partition.assignment.strategy=org.apache.kafka.clients.consumer.CooperativeStickyAssignor",
            "partition.assignment.strategy=cooperative-sticky"
        },
        { "C", "session.timeout.ms=45000; heartbeat.interval.ms=3000", "session.timeout.ms=45000; heartbeat.interval.ms=3000" },
        { "C", "max.poll.interval.ms=300000", "max.poll.interval.ms=300000" },
        {
            "C", "enable.auto.commit=false; auto.commit.interval.ms=5000",
            "enable.auto.commit=false; auto.commit.interval.ms=5000"
        },
        { "C", "auto.offset.reset=earliest", "auto.offset.reset=earliest" },
        { "C", "auto.offset.reset=Latest", "auto.offset.reset=latest" },
        { "C", "auto.offset.reset=none", "auto.offset.reset=error" },
        { "C", "isolation.level=read_committed", "isolation.level=read_committed" },
        { "C", "fetch.min.bytes=0", "fetch.min.bytes=1" },
        { "C", "fetch.min.bytes=100000", "fetch.min.bytes=100000" },
        { "C", "fetch.max.wait.ms=10", "fetch.wait.max.ms=10" },
        { "C", "fetch.max.bytes=52428800", "fetch.max.bytes=52428800" },
        { "C", "fetch.max.bytes=500000", "fetch.max.bytes=500000; message.max.bytes=500000" },
        { "C", "max.partition.fetch.bytes=1048576", "fetch.message.max.bytes=1048576" },
        { "C", "check.crcs=true", "check.crcs=true" },
        { "CP", "allow.auto.create.topics=false", "allow.auto.create.topics=false" },

        { "P", "acks=all", "acks=-1" },
        { "P", "acks=-1", "acks=-1" },
        { "P", "acks=1", "acks=1; enable.idempotence=false" },
        { "P", "retries=0", "retries=0; enable.idempotence=false" },
        { "P", "retries=2147483647", "retries=2147483647" },
        { "P", "enable.idempotence=true", "" },
        {
            "P", "enable.idempotence=false; max.in.flight.requests.per.connection=20",
            "enable.idempotence=false; max.in.flight.requests.per.connection=20"
        },
        { "P", "max.in.flight.requests.per.connection=5", "max.in.flight.requests.per.connection=5" },
        { "P", "linger.ms=5", "linger.ms=5" },
        { "P", "batch.size=0", "batch.size=1" },
        { "P", "batch.size=16384", "batch.size=16384" },
        { "P", "buffer.memory=33554432", "queue.buffering.max.kbytes=32768" },
        { "P", "buffer.memory=1025", "queue.buffering.max.kbytes=2" },
        { "P", "max.request.size=1048576", "message.max.bytes=1048576" },
        { "P", "delivery.timeout.ms=120000", "message.timeout.ms=120000" },
        { "P", "max.block.ms=60000", "topic.metadata.propagation.max.ms=60000" },
        { "P", "compression.type=ZSTD; compression.zstd.level=9", "compression.type=zstd; compression.level=9" },
        { "P", "compression.type=gzip; compression.gzip.level=-1", "compression.type=gzip; compression.level=-1" },
        { "P", "compression.type=lz4; compression.lz4.level=12", "compression.type=lz4; compression.level=12" },
        { "P", "compression.type=none", "compression.type=none" },
        { "P", "compression.type=snappy", "compression.type=snappy" },
        { "P", "partitioner.class=org.apache.kafka.clients.producer.UniformStickyPartitioner", "partitioner=random" },
        { "P", "partitioner.class=org.apache.kafka.clients.producer.internals.DefaultPartitioner", "partitioner=murmur2_random" },
        { "P", "partitioner.ignore.keys=true", "partitioner=random" },
        { "P", "partitioner.ignore.keys=false", "" },

        // librdkafka's own names, also those of what has several.
        { "C", "fetch.wait.max.ms=7; queued.max.messages.kbytes=1024", "fetch.wait.max.ms=7; queued.max.messages.kbytes=1024" },
        {
            "C", "fetch.message.max.bytes=1000; fetch.queue.backoff.ms=10",
            "fetch.message.max.bytes=1000; fetch.queue.backoff.ms=10"
        },
        { "P", "message.timeout.ms=1000; message.max.bytes=2000000", "message.timeout.ms=1000; message.max.bytes=2000000" },
        { "P", "queue.buffering.max.ms=3", "linger.ms=3" },
        { "P", "message.send.max.retries=3", "retries=3" },
        { "P", "request.required.acks=-1", "acks=-1" },
        { "P", "compression.codec=lz4", "compression.type=lz4" },
        { "P", "partitioner=consistent", "partitioner=consistent" },
        { "CPA", "metadata.broker.list=a:9092", "bootstrap.servers=a:9092" },
        { "CPA", "debug=broker,topic", "debug=broker,topic" },
        { "CPA", "socket.keepalive.enable=true", "socket.keepalive.enable=true" },

        // The same thing said twice.
        { "P", "linger.ms=3; queue.buffering.max.ms=3", "linger.ms=3" },
    };

    [Theory]
    [MemberData(nameof(Translated))]
    public void A_setting_gets_the_name_and_value_that_librdkafka_knows(string roles, string given, string expected)
    {
        foreach (var role in Roles(roles))
        {
            var want = Settings.Of(expected);
            if (role == ClientRole.Consumer)
                want.TryAdd("isolation.level", "read_uncommitted");
            if (role == ClientRole.Producer)
            {
                want.TryAdd("partitioner", "murmur2_random");
                want.TryAdd("enable.idempotence", "true");
            }

            var translated = JavaClientSettings.Translate(Settings.Of(given), role);

            Assert.Equal(
                want.OrderBy(s => s.Key, StringComparer.Ordinal),
                translated.Settings.OrderBy(s => s.Key, StringComparer.Ordinal));
            Assert.Empty(translated.Unknown);
            MakeClient(role, translated.Settings);
        }
    }

    /// <summary>Role, what is given, the key that is named, a part of the reason.</summary>
    public static TheoryData<string, string, string, string> Refused => new()
    {
        { "CPA", "bootstrap.servers=a", "bootstrap.servers", "host:port" },
        { "CPA", "bootstrap.servers=a:0", "bootstrap.servers", "1 to 65535" },
        { "CPA", "bootstrap.servers=,", "bootstrap.servers", "host:port" },
        { "A", "bootstrap.controllers=a:1", "bootstrap.controllers", "bootstrap.servers" },
        { "C", "client.dns.lookup=default", "client.dns.lookup", "use_all_dns_ips" },
        { "C", "fetch.max.wait.ms=soon", "fetch.max.wait.ms", "0 to 300000" },
        { "C", "fetch.max.wait.ms=", "fetch.max.wait.ms", "0 to 300000" },
        { "C", "fetch.max.wait.ms=300001", "fetch.max.wait.ms", "0 to 300000" },
        { "C", "fetch.min.bytes=1.5", "fetch.min.bytes", "whole numbers" },
        { "C", "auto.offset.reset=by_duration:PT1H", "auto.offset.reset", "not supported" },
        { "C", "auto.offset.reset=sometimes", "auto.offset.reset", "earliest, latest, none" },
        { "C", "isolation.level=dirty", "isolation.level", "read_uncommitted, read_committed" },
        { "C", "enable.auto.commit=yes", "enable.auto.commit", "true, false" },
        {
            "C", "partition.assignment.strategy=org.apache.kafka.clients.consumer.StickyAssignor",
            "partition.assignment.strategy", "RangeAssignor"
        },
        { "C", "group.protocol=consumer; session.timeout.ms=1000", "session.timeout.ms", "group.protocol=consumer" },
        { "CP", "interceptor.classes=com.example.Mask", "interceptor.classes", "com.example.Mask" },
        { "P", "acks=2", "acks", "all, -1, 0, 1" },
        { "P", "acks=1; enable.idempotence=true", "enable.idempotence", "acks=1" },
        { "P", "retries=0; enable.idempotence=true", "enable.idempotence", "retries=0" },
        { "P", "max.in.flight.requests.per.connection=6", "max.in.flight.requests.per.connection", "1 to 5" },
        { "P", "compression.type=brotli", "compression.type", "none, gzip, snappy, lz4, zstd" },
        { "P", "compression.type=lz4; compression.lz4.level=17", "compression.lz4.level", "1 to 12" },
        { "P", "compression.type=zstd; compression.zstd.level=-7", "compression.zstd.level", "1 to 12" },
        { "P", "linger.ms=-1", "linger.ms", "0 to 900000" },
        { "P", "linger.ms=1000; delivery.timeout.ms=500", "delivery.timeout.ms", "more than linger.ms" },
        { "P", "transactional.id=t", "transactional.id", "remove it" },
        { "P", "partitioner.class=com.example.MyPartitioner", "partitioner.class", "murmur2" },
        { "P", "partitioner.class=org.apache.kafka.clients.producer.RoundRobinPartitioner", "partitioner.class", "Java class" },
        { "P", "max.request.size=10", "max.request.size", "1000 to" },
        { "P", "message.max.bytes=10", "message.max.bytes", "outside allowed range" },
        { "P", "linger.ms=3; queue.buffering.max.ms=4", "queue.buffering.max.ms", "linger.ms" },
        { "P", "delivery.report.only.error=true", "delivery.report.only.error", "not allowed" },
        { "CPA", "plugin.library.paths=/tmp/x.so", "plugin.library.paths", "must not load code" },
        { "CPA", "ssl.providers=/tmp/x; security.protocol=SSL", "ssl.providers", "default,legacy" },
        { "CPA", "dr_cb=x", "dr_cb", "not allowed" },
        { "CPA", "debug=everything", "debug", "debug" },
        { "CPA", "security.protocol=TLS", "security.protocol", "PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_cannot_be_done_is_refused_with_key_value_and_what_is_allowed(
        string roles, string given, string key, string reason)
    {
        foreach (var role in Roles(roles))
        {
            var settings = Settings.Of(given);

            var e = Assert.Throws<KafkaSettingException>(() => JavaClientSettings.Translate(settings, role));

            Assert.Equal(key, e.Key);
            Assert.Contains(reason, e.Reason, StringComparison.Ordinal);
            Assert.Equal($"Invalid value {settings[key]} for configuration {key}: {e.Reason}", e.Message);
        }
    }

    /// <summary>Role, what is given: known, and without effect.</summary>
    public static TheoryData<string, string> WithoutEffect => new()
    {
        { "CPA", "metric.reporters=org.apache.kafka.common.metrics.JmxReporter" },
        { "CPA", "metrics.num.samples=2" },
        { "CPA", "metrics.recording.level=INFO" },
        { "CPA", "metrics.sample.window.ms=30000" },
        { "CPA", "auto.include.jmx.reporter=true" },
        { "CPA", "security.providers=x" },
        { "CPA", "socket.connection.setup.timeout.max.ms=30000" },
        { "CPA", "interceptor.classes=io.confluent.monitoring.clients.interceptor.MonitoringConsumerInterceptor" },
        { "CA", "default.api.timeout.ms=60000" },
        { "C", "key.deserializer=org.apache.kafka.common.serialization.ByteArrayDeserializer" },
        { "C", "value.deserializer=org.apache.kafka.common.serialization.ByteArrayDeserializer" },
        { "C", "max.poll.records=500" },
        { "C", "exclude.internal.topics=true" },
        { "C", "linger.ms=5" },
        { "C", "transactional.id=t" },
        { "P", "fetch.max.wait.ms=500" },
        { "P", "key.serializer=org.apache.kafka.common.serialization.ByteArraySerializer" },
        { "P", "value.serializer=org.apache.kafka.common.serialization.ByteArraySerializer" },
        { "P", "partitioner.adaptive.partitioning.enable=true" },
        { "P", "partitioner.availability.timeout.ms=0" },
        { "P", "metadata.max.idle.ms=300000" },
        { "P", "transaction.two.phase.commit.enable=false" },
        { "P", "compression.gzip.level=9" },
        { "A", "retries=3" },
        { "CPA", "ssl.truststore.location=/nowhere" },
        { "CPA", "sasl.mechanism=PLAIN" },
    };

    [Theory]
    [MemberData(nameof(WithoutEffect))]
    public void What_has_no_effect_is_listed_with_its_reason(string roles, string given)
    {
        foreach (var role in Roles(roles))
        {
            var translated = JavaClientSettings.Translate(Settings.Of(given), role);

            var ignored = Assert.Single(translated.Ignored);
            Assert.Equal(Settings.Of(given).Keys.Single(), ignored.Key);
            Assert.NotEmpty(ignored.Reason);
            Assert.Empty(translated.Unknown);
            Assert.False(translated.Settings.ContainsKey(ignored.Key));
        }
    }

    [Fact]
    public void Keys_that_nobody_knows_are_listed_and_not_passed_on()
    {
        var translated = Settings.Translate(
            ClientRole.Consumer, ("bootstrap.servers", "a:1"), ("fetch.max.wait", "1"), ("retention.ms", "1"));

        Assert.Equal(["fetch.max.wait", "retention.ms"], translated.Unknown);
        Assert.Equal(["bootstrap.servers", "isolation.level"], translated.Settings.Keys.Order());
    }

    [Fact]
    public void A_setting_under_two_names_must_have_one_value()
    {
        var e = Settings.Refusal(ClientRole.Producer, ("delivery.timeout.ms", "5000"), ("message.timeout.ms", "6000"));

        Assert.Equal("message.timeout.ms", e.Key);
        Assert.Contains("delivery.timeout.ms", e.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_settings_have_equal_fingerprints_and_others_do_not()
    {
        static string Of(params (string, string)[] settings) => Settings.Translate(ClientRole.Producer, settings).Fingerprint;

        Assert.Equal(Of(("acks", "all"), ("linger.ms", "1")), Of(("linger.ms", "1"), ("acks", "-1")));
        Assert.NotEqual(Of(("client.id", "ab"), ("client.rack", "c")), Of(("client.id", "a"), ("client.rack", "bc")));
        Assert.NotEqual(Of(("client.id", "a")), Of(("client.id", "b")));
    }

    /// <summary>librdkafka looks at settings together only when a client is made of them.</summary>
    private static void MakeClient(ClientRole role, IReadOnlyDictionary<string, string> settings)
    {
        var all = new Dictionary<string, string>(settings) { ["log_level"] = "0" };
        all.TryAdd("bootstrap.servers", "127.0.0.1:1");
        if (role == ClientRole.Consumer)
        {
            all.TryAdd("group.id", "test");
            new NativeConsumer(all).Dispose();
        }
        else
        {
            new NativeProducer(all).Dispose();
        }
    }

    private static IEnumerable<ClientRole> Roles(string letters) => letters.Select(letter => letter switch
    {
        'C' => ClientRole.Consumer,
        'P' => ClientRole.Producer,
        _ => ClientRole.Admin,
    });
}
