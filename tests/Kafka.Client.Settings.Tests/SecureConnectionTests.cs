using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Confluent.Kafka;

namespace Exports.Kafka.Client.Settings.Tests;

/// <summary>Translated settings at work: with certificates, keys and logins, against something that checks them.</summary>
public sealed class SecureConnectionTests : IDisposable
{
    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start(1, ("orders", 3));
    private readonly string _folder = Directory.CreateTempSubdirectory("exports-tls").FullName;
    private readonly X509Certificate2 _authority = Certificates.Authority();

    public void Dispose()
    {
        _authority.Dispose();
        _kafka.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_broker_is_trusted_by_certificates_from_a_file_or_from_text()
    {
        await using var front = Front(Certificates.Server(_authority, "127.0.0.1"));
        var file = Write("truststore.pem", _authority.ExportCertificatePem());
        var oneLine = _authority.ExportCertificatePem().ReplaceLineEndings(" ");

        Connects(front, ("ssl.truststore.location", file), ("ssl.truststore.type", "PEM"));
        Connects(front, ("ssl.truststore.certificates", oneLine), ("ssl.truststore.type", "PEM"));
    }

    [Fact]
    public async Task A_broker_that_others_vouch_for_is_not_trusted()
    {
        using var stranger = Certificates.Authority();
        await using var front = Front(Certificates.Server(stranger, "127.0.0.1"));

        Fails(
            front, ErrorCode.Local_Ssl,
            ("ssl.truststore.certificates", _authority.ExportCertificatePem()), ("ssl.truststore.type", "PEM"));
    }

    [Fact]
    public async Task The_brokers_name_is_checked_unless_the_algorithm_is_empty()
    {
        await using var front = Front(Certificates.Server(_authority, "elsewhere.example"));
        (string, string) trust = ("ssl.truststore.certificates", _authority.ExportCertificatePem());

        Fails(front, ErrorCode.Local_Ssl, trust);
        Connects(front, trust, ("ssl.endpoint.identification.algorithm", ""));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("PEM")]
    [InlineData("PKCS12")]
    public async Task A_client_shows_its_own_certificate(string form)
    {
        await using var front = new SecureFront(_kafka.BootstrapServers)
        {
            Certificate = Certificates.Server(_authority, "127.0.0.1"),
            AsksForCertificate = true,
        };
        using var own = Certificates.Client(_authority, "exports");
        using var key = own.GetRSAPrivateKey()!;
        var chain = own.ExportCertificatePem() + "\n" + _authority.ExportCertificatePem();
        var encrypted = key.ExportEncryptedPkcs8PrivateKeyPem(
            "p w", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        (string, string)[] store = form switch
        {
            "text" =>
            [
                ("ssl.keystore.type", "PEM"), ("ssl.keystore.key", encrypted.ReplaceLineEndings(" ")),
                ("ssl.keystore.certificate.chain", chain.ReplaceLineEndings(" ")), ("ssl.key.password", "p w"),
            ],
            "PEM" =>
            [
                ("ssl.keystore.type", "PEM"), ("ssl.keystore.location", Write("keystore.pem", $"{encrypted}\n{chain}")),
                ("ssl.key.password", "p w"),
            ],
            _ =>
            [
                ("ssl.keystore.type", "PKCS12"), ("ssl.keystore.password", "p w"),
                ("ssl.keystore.location", Write("keystore.p12", own.Export(X509ContentType.Pkcs12, "p w"))),
            ],
        };

        Connects(front, [("ssl.truststore.certificates", _authority.ExportCertificatePem()), .. store]);

        Assert.Equal("CN=exports", front.ClientSubject);
    }

    [Theory]
    [InlineData("PLAIN", "plain.Plain")]
    [InlineData("SCRAM-SHA-256", "scram.Scram")]
    [InlineData("SCRAM-SHA-512", "scram.Scram")]
    public async Task A_client_logs_in(string mechanism, string module)
    {
        await using var front = new SecureFront(_kafka.BootstrapServers) { Login = ("me", "it's \"me\"; =") };
        (string, string)[] login = [("security.protocol", "SASL_PLAINTEXT"), ("sasl.mechanism", mechanism)];
        var jaas = $"org.apache.kafka.common.security.{module}LoginModule required username=\"me\" ";

        Connects(front, [.. login, ("sasl.jaas.config", jaas + "password=\"it's \\\"me\\\"; =\";")]);
        Assert.Equal(mechanism, front.LoggedInBy);

        Fails(front, ErrorCode.Local_Authentication, [.. login, ("sasl.jaas.config", jaas + "password=\"wrong\";")]);
    }

    [Fact]
    public async Task A_client_logs_in_over_an_encrypted_connection()
    {
        await using var front = new SecureFront(_kafka.BootstrapServers)
        {
            Certificate = Certificates.Server(_authority, "127.0.0.1"),
            Login = ("me", "secret"),
        };

        Connects(
            front, ("security.protocol", "SASL_SSL"), ("sasl.mechanism", "SCRAM-SHA-512"),
            ("ssl.truststore.certificates", _authority.ExportCertificatePem()),
            ("sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=me password=secret;"));
    }

    private static void Connects(SecureFront front, params (string Key, string Value)[] settings)
    {
        using var producer = new NativeProducer(Translated(front, settings));
        Assert.Equal(3, producer.PartitionCount(producer.Topic("orders"), 30_000));
    }

    private static void Fails(SecureFront front, ErrorCode error, params (string Key, string Value)[] settings)
    {
        using var producer = new NativeProducer(Translated(front, settings));
        producer.Topic("orders");
        var events = new Errors();
        var time = Stopwatch.StartNew();
        while (!events.Seen.Contains(error))
        {
            Assert.True(time.Elapsed < TimeSpan.FromSeconds(30), $"Only these errors came: {string.Join(", ", events.Seen)}");
            producer.Poll(events, 50);
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Translated(SecureFront front, (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string>
        {
            ["bootstrap.servers"] = front.Address,
            ["security.protocol"] = "SSL",
            ["enable.idempotence"] = "false",
        };
        foreach (var (key, value) in settings)
            all[key] = value;
        return JavaClientSettings.Translate(all, ClientRole.Producer).Settings;
    }

    private SecureFront Front(X509Certificate2 certificate) => new(_kafka.BootstrapServers) { Certificate = certificate };

    private string Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    private string Write(string name, byte[] content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private sealed unsafe class Errors : IProducerEvents
    {
        public List<ErrorCode> Seen { get; } = [];

        public void OnReports(NativeMessage** reports, int count, int setSize)
        {
        }

        public void OnError(ErrorCode error, string text, bool isFatal) => Seen.Add(error);

        public void OnLog(int level, string facility, string text)
        {
        }
    }
}
