using System.Collections.Concurrent;
using System.Reflection;
using Exports.Grains;

namespace Exports.Api.Tests;

/// <summary>Connectors and their index in memory, behind <see cref="IGrainFactory"/>.</summary>
internal sealed class InMemoryGrains
{
    private readonly ConcurrentDictionary<string, InMemoryConnector> _connectors = new(StringComparer.Ordinal);

    public InMemoryIndex Index { get; } = new();

    public IGrainFactory Factory => field ??= GrainFactoryProxy.Over(this);

    /// <summary>The connector of that name, whether it exists or not.</summary>
    public InMemoryConnector this[string name] => _connectors.GetOrAdd(name, key => new(key, Index));

    /// <summary>Makes a connector with running tasks, past the REST surface.</summary>
    public InMemoryConnector Create(string name, int tasks = 1, TargetState state = TargetState.Running)
    {
        var connector = this[name];
        connector.Tasks = [.. Enumerable.Range(0, tasks).Select(task => InMemoryConnector.NewTask(task))];
        var config = new Dictionary<string, string>
        {
            ["connector.class"] = "TestSink",
            ["topics"] = "t",
            ["name"] = name,
        };
        connector.CreateAsync(config, state).GetAwaiter().GetResult();
        connector.Calls.Clear();
        return connector;
    }

    private object Find(Type type, string key)
    {
        if (type == typeof(IConnectorGrain))
            return this[key];
        if (type == typeof(IConnectorIndexGrain) && key == IConnectorIndexGrain.Key)
            return Index;
        throw new InvalidOperationException($"Nobody should ask for {type.Name} '{key}'.");
    }

    /// <summary>The interface has more members under Orleans than under the embedded engine; only one of them is used.</summary>
    internal class GrainFactoryProxy : DispatchProxy
    {
        private InMemoryGrains _grains = null!;

        public static IGrainFactory Over(InMemoryGrains grains)
        {
            var factory = Create<IGrainFactory, GrainFactoryProxy>();
            ((GrainFactoryProxy)factory)._grains = grains;
            return factory;
        }

        protected override object Invoke(MethodInfo? targetMethod, object?[]? args)
            => targetMethod is { Name: "GetGrain", IsGenericMethod: true } && args is [string key, ..]
                ? _grains.Find(targetMethod.GetGenericArguments()[0], key)
                : throw new NotSupportedException($"{targetMethod?.Name} is not expected.");
    }
}
