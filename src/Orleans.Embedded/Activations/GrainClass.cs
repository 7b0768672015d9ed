using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Core;
using Orleans.Storage;

namespace Orleans.Runtime;

/// <summary>What is known of a class of grains.</summary>
internal sealed class GrainClass
{
    private readonly Func<Activation, object>[] _facets;
    private readonly ObjectFactory _factory;

    /// <exception cref="OrleansConfigurationException">The class cannot be constructed.</exception>
    public GrainClass(Type type)
    {
        Type = type;
        GrainType = GrainType.Create(type.GetCustomAttribute<GrainTypeAttribute>()?.GrainType ?? ConventionalName(type));
        Interfaces = [.. type.GetInterfaces().Where(IsGrainInterface)];
        PrimaryInterface = Interfaces.FirstOrDefault(candidate => Interfaces.All(other => other.IsAssignableFrom(candidate)))
            ?? Interfaces[0];
        Reentrant = type.IsDefined(typeof(ReentrantAttribute), inherit: true);
        KeepAlive = type.IsDefined(typeof(KeepAliveAttribute), inherit: true);

        var parameters = Constructor(type).GetParameters()
            .Where(static parameter => parameter.IsDefined(typeof(PersistentStateAttribute)))
            .ToArray();
        _facets = Array.ConvertAll(parameters, parameter => StateFactory(type, parameter));
        _factory = ActivatorUtilities.CreateFactory(type, Array.ConvertAll(parameters, parameter => parameter.ParameterType));
    }

    public Type Type { get; }

    public GrainType GrainType { get; }

    /// <summary>The interfaces by which grains of this class are called.</summary>
    public Type[] Interfaces { get; }

    /// <summary>The one that has all others' methods, or else the first.</summary>
    public Type PrimaryInterface { get; }

    public bool Reentrant { get; }

    public bool KeepAlive { get; }

    public static bool IsGrainClass(Type type) =>
        type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
        && !typeof(GrainReference).IsAssignableFrom(type)
        && type.GetInterfaces().Any(IsGrainInterface);

    public object Create(Activation activation)
    {
        var arguments = Array.ConvertAll(_facets, facet => facet(activation));
        return _factory(activation.ActivationServices, arguments);
    }

    private static bool IsGrainInterface(Type type) =>
        typeof(IGrainWithStringKey).IsAssignableFrom(type) && type != typeof(IGrainWithStringKey);

    private static string ConventionalName(Type type)
    {
        var name = type.Name.ToLowerInvariant();
        return name.Length > "grain".Length && name.EndsWith("grain", StringComparison.Ordinal) ? name[..^"grain".Length] : name;
    }

    private static ConstructorInfo Constructor(Type type)
    {
        var constructors = type.GetConstructors();
        return constructors.Length == 1
            ? constructors[0]
            : constructors.SingleOrDefault(static candidate => candidate.IsDefined(typeof(ActivatorUtilitiesConstructorAttribute)))
            ?? throw new OrleansConfigurationException(
                $"Grain class {type} must have one public constructor, or one with [ActivatorUtilitiesConstructor].");
    }

    private static Func<Activation, object> StateFactory(Type grainClass, ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(IPersistentState<>))
        {
            throw new OrleansConfigurationException(
                $"Parameter '{parameter.Name}' of {grainClass}'s constructor has [PersistentState], but is no IPersistentState<T>.");
        }

        var attribute = parameter.GetCustomAttribute<PersistentStateAttribute>()!;
        var create = typeof(GrainClass).GetMethod(nameof(CreateState), BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(type.GetGenericArguments())
            .CreateDelegate<Func<Activation, PersistentStateAttribute, object>>();
        return activation => create(activation, attribute);
    }

    private static object CreateState<TState>(Activation activation, PersistentStateAttribute attribute)
    {
        var storage = string.IsNullOrWhiteSpace(attribute.StorageName)
            ? activation.ActivationServices.GetService<IGrainStorage>()
            : activation.ActivationServices.GetKeyedService<IGrainStorage>(attribute.StorageName);
        if (storage is null)
        {
            throw new BadProviderConfigException(string.IsNullOrWhiteSpace(attribute.StorageName)
                ? $"State '{attribute.StateName}' of {activation.GrainId} needs a default storage, and none is registered."
                : $"State '{attribute.StateName}' of {activation.GrainId} needs the storage '{attribute.StorageName}', which is not registered.");
        }

        var state = new PersistentState<TState>(attribute.StateName, activation.GrainId, storage);
        activation.Add(state);
        return state;
    }
}
