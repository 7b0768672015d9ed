using Exports.Kafka.Client;
using Exports.Kafka.Client.Settings.Tests;

namespace Exports.Connectors.Kafka.Tests;

/// <summary>Delivery to a target that asks for encryption and a login.</summary>
public sealed class SecureTargetTests
{
    [Theory]
    [InlineData("PLAIN", "plain.Plain", "false")]
    [InlineData("SCRAM-SHA-256", "scram.Scram", "false")]
    [InlineData("SCRAM-SHA-512", "scram.Scram", "true")]
    public async Task Records_are_delivered_over_an_encrypted_connection_after_a_login(string mechanism, string module, string exactlyOnce)
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1));
        using var authority = Certificates.Authority();
        await using var front = new SecureFront(kafka.BootstrapServers)
        {
            Certificate = Certificates.Server(authority, "127.0.0.1"),
            Login = ("me", "secret"),
        };
        await using var sink = await Sink.StartAsync(
            kafka, ("target.bootstrap.servers", front.Address), ("target.security.protocol", "SASL_SSL"),
            ("target.sasl.mechanism", mechanism), ("exactly.once", exactlyOnce),
            ("target.sasl.jaas.config",
                $"org.apache.kafka.common.security.{module}LoginModule required username=\"me\" password=\"secret\";"),
            ("target.ssl.truststore.type", "PEM"), ("target.ssl.truststore.certificates", authority.ExportCertificatePem()));

        await sink.Task.OpenPartitionsAsync([new("orders", 0)], CancellationToken.None);
        await sink.PutAsync(Batch.Of("orders", 0, 0, 100));

        Assert.Equal(mechanism, front.LoggedInBy);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), Target.Offsets(Target.Read(kafka, "orders", 1, 100), 0));
    }
}
