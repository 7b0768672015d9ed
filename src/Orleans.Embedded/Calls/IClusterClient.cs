namespace Orleans;

/// <summary>The grains, as seen from outside of them.</summary>
public interface IClusterClient : IGrainFactory
{
    IServiceProvider ServiceProvider { get; }
}
