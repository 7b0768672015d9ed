using Exports.Silo.Configuration;

namespace Exports.Silo.Tests.Configuration;

public sealed class ListenerTests
{
    [Theory]
    [InlineData("http://:8083", "", 8083, true)]
    [InlineData("http://0.0.0.0:8083", "0.0.0.0", 8083, true)]
    [InlineData("http://[::]:8083", "::", 8083, true)]
    [InlineData("HTTP://localhost:0", "localhost", 0, false)]
    [InlineData("http://127.0.0.1:65535/", "127.0.0.1", 65535, false)]
    [InlineData("http://[::1]:8083", "::1", 8083, false)]
    [InlineData("https://:8443", "", 8443, true)]
    public void A_listener_is_read(string text, string host, int port, bool any)
    {
        Assert.True(Listener.TryParse(text, out var listener, out _));
        Assert.Equal((host, port, any), (listener!.Host, listener.Port, listener.IsAny));
    }

    [Theory]
    [InlineData("")]
    [InlineData("8083")]
    [InlineData("localhost:8083")]
    [InlineData("http://localhost")]
    [InlineData("http://:")]
    [InlineData("http://:-1")]
    [InlineData("http://:65536")]
    [InlineData("http://:8083/path")]
    [InlineData("http://a b:8083")]
    public void What_is_not_a_listener_is_refused_with_what_is_allowed(string text)
    {
        Assert.False(Listener.TryParse(text, out var listener, out var error));
        Assert.Null(listener);
        Assert.Contains("https://host:port", error);
    }
}
