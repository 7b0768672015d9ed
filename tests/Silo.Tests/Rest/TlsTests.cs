using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Exports.Silo.Configuration;
using Exports.Silo.Rest.Tls;
using Exports.Silo.Start;

namespace Exports.Silo.Tests.Rest;

/// <summary>https listeners.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("exports-tls-");

    public void Dispose() => _files.Delete(recursive: true);

    [Fact]
    public async Task Callers_need_a_certificate_that_the_authority_vouches_for_beside_an_open_listener()
    {
        using var authority = Certificate("CN=authority", isAuthority: true);
        using var own = Certificate("CN=localhost", authority);
        using var client = Certificate("CN=client", authority);
        using var stranger = Certificate("CN=stranger");
        await using var worker = await RestWorker.StartAsync(
            ("listeners", "https://127.0.0.1:0,http://127.0.0.1:0"),
            ("listeners.https.ssl.keystore.location", Write("own.p12", own.Export(X509ContentType.Pkcs12, "changeit"))),
            ("listeners.https.ssl.keystore.password", "changeit"),
            ("listeners.https.ssl.truststore.type", "PEM"),
            ("listeners.https.ssl.truststore.location", Write("authority.pem", authority.ExportCertificatePem())),
            ("listeners.https.ssl.client.auth", "required"),
            ("listeners.https.ssl.enabled.protocols", "TLSv1.2"));

        Assert.Equal("https", worker.Addresses[0].Scheme);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(worker.Addresses[0], client));
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(worker.Addresses[0], null));
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(worker.Addresses[0], stranger));
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(worker.Addresses[0], client, SslProtocols.Tls13));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(worker.Addresses[1], null));
    }

    [Fact]
    public async Task A_renewed_certificate_is_used_without_a_restart()
    {
        using var first = Certificate("CN=first");
        using var second = Certificate("CN=second");
        var file = Write("tls.pem", Pem(first));
        await using var worker = await RestWorker.StartAsync(
            ("listeners", "https://127.0.0.1:0"), ("ssl.keystore.type", "PEM"), ("ssl.keystore.location", file));

        Assert.Equal("CN=first", await SubjectAsync(worker.Addresses[0]));
        await File.WriteAllTextAsync(file, "half a file");
        await File.WriteAllTextAsync(file, Pem(second));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await SubjectAsync(worker.Addresses[0]) != "CN=second")
            await Task.Delay(50, limit.Token);
    }

    [Fact]
    public async Task A_workers_own_health_check_takes_whatever_name_its_certificate_has()
    {
        using var elsewhere = Certificate("CN=connect.example.com");
        await using var worker = await RestWorker.StartAsync(
            ("listeners", "https://127.0.0.1:0"), ("ssl.keystore.type", "PEM"), ("ssl.keystore.location", Write("tls.pem", Pem(elsewhere))));

        Assert.Null(await HealthProbe.FindTroubleAsync(new Uri(worker.Addresses[0], "/health/live")));
    }

    public static TheoryData<string, string> Wrong { get; } = new()
    {
        { "", "listeners.https.ssl.keystore.location|needs a certificate" },
        { "ssl.keystore.location={missing}", "ssl.keystore.location|missing" },
        { "ssl.keystore.location={junk}", "no certificate with its key" },
        { "ssl.keystore.location={jks}", "keytool -importkeystore" },
        { "ssl.keystore.location={p12};ssl.keystore.password=wrong", "ssl.keystore.location|password" },
        { "ssl.keystore.location={p12};ssl.keystore.password=changeit;ssl.key.password=other", "ssl.key.password|one password" },
        { "ssl.keystore.location={p12};ssl.keystore.password=changeit;ssl.keystore.type=JKS", "String must be one of: PKCS12, PEM|keytool" },
        { "ssl.keystore.location={certificate};ssl.keystore.type=PEM", "ssl.keystore.location|no certificate with its key" },
        { "ssl.keystore.certificate.chain=x", "ssl.keystore.key|together" },
        { "ssl.keystore.location={pem};ssl.keystore.type=PEM;ssl.client.auth=maybe", "maybe|none, requested, required" },
        { "ssl.keystore.location={pem};ssl.keystore.type=PEM;ssl.client.auth=required", "ssl.truststore.location|authorities" },
        { "ssl.keystore.location={pem};ssl.keystore.type=PEM;ssl.client.auth=required;ssl.truststore.type=PEM;ssl.truststore.location={junk}", "ssl.truststore.location|no certificate" },
        { "ssl.keystore.location={pem};ssl.keystore.type=PEM;ssl.enabled.protocols=TLSv1", "TLSv1|TLSv1.2, TLSv1.3" },
        { "ssl.keystore.location={pem};ssl.keystore.type=PEM;ssl.cipher.suites=FAST", "FAST|IANA" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_is_wrong_is_named_at_the_start(string settings, string expected)
    {
        using var certificate = Certificate("CN=localhost");
        var keys = new Dictionary<string, string> { ["listeners"] = "https://127.0.0.1:0" };
        foreach (var setting in settings.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = (setting[..setting.IndexOf('=')], setting[(setting.IndexOf('=') + 1)..]);
            keys["listeners.https." + key] = value switch
            {
                "{missing}" => Path.Combine(_files.FullName, "missing"),
                "{junk}" => Write("junk", "junk"),
                "{jks}" => Write("jks", new byte[] { 0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2 }),
                "{p12}" => Write("p12", certificate.Export(X509ContentType.Pkcs12, "changeit")),
                "{pem}" => Write("pem", Pem(certificate)),
                "{certificate}" => Write("certificate", certificate.ExportCertificatePem()),
                _ => value,
            };
        }

        var error = Assert.Throws<WorkerConfigException>(() => WorkerConfig.From(keys));

        Assert.All(expected.Split('|'), part => Assert.Contains(part, error.Message));
        Assert.DoesNotContain("changeit", error.Message);
    }

    [Fact]
    public void An_encrypted_key_in_PEM_opens_with_its_password()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var pem = certificate.ExportCertificatePem() + "\n"
            + key.ExportEncryptedPkcs8PrivateKeyPem("open", new(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1000));

        Assert.True(KeyStore.Load(new("k", IsPem: true, null, pem, "open")).TargetCertificate.HasPrivateKey);
        Assert.Throws<FormatException>(() => KeyStore.Load(new("k", IsPem: true, null, pem, "shut")));
        Assert.Throws<FormatException>(() => KeyStore.Load(new("k", IsPem: true, null, pem, null)));
    }

    private static async Task<HttpStatusCode> GetAsync(Uri address, X509Certificate2? certificate, SslProtocols protocols = SslProtocols.None)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        handler.SslOptions.EnabledSslProtocols = protocols;
        if (certificate is not null)
            handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(30) };
        return (await client.GetAsync(new Uri(address, "/health"))).StatusCode;
    }

    private static async Task<string> SubjectAsync(Uri address)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(address.Host, address.Port);
        await using var tls = new SslStream(tcp.GetStream(), false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync("localhost");
        return tls.RemoteCertificate!.Subject;
    }

    private string Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_files.FullName, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static string Pem(X509Certificate2 certificate)
        => certificate.ExportCertificatePem() + "\n" + certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();

    private static X509Certificate2 Certificate(string subject, X509Certificate2? authority = null, bool isAuthority = false)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        if (authority is null)
            return request.CreateSelfSigned(from, to);
        using var signed = request.Create(authority, from.AddHours(1), to.AddHours(-1), RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }
}
