using Microsoft.Extensions.DependencyInjection;

namespace Exports.Engine.Tests;

/// <summary>A test with a stage, and a silo that knows it.</summary>
public abstract class EngineTest
{
    internal Stage Stage { get; } = new();

    internal Task<TestSilo> StartAsync(Action<ISiloBuilder>? configure = null, TimeSpan? shutdownTimeout = null) => TestSilo.StartAsync(
        silo =>
        {
            silo.Services.AddSingleton(Stage);
            silo.AddMemoryGrainStorage("memory");
            configure?.Invoke(silo);
        },
        shutdownTimeout);
}
