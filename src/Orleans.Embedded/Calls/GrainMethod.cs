using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Concurrency;

namespace Orleans.Runtime;

/// <summary>A method of a grain interface: how it is called, and what its attributes say.</summary>
internal abstract class GrainMethod
{
    private static readonly ConcurrentDictionary<MethodInfo, GrainMethod> s_methods = new();

    private readonly MethodInvoker _invoker;
    private readonly int _tokenIndex;
    private readonly bool[] _shared;

    protected GrainMethod(MethodInfo method)
    {
        _invoker = MethodInvoker.Create(method);
        Name = $"{method.DeclaringType!.Name}.{method.Name}";
        IsAlwaysInterleave = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        IsReadOnly = method.IsDefined(typeof(ReadOnlyAttribute));
        IsOneWay = method.IsDefined(typeof(OneWayAttribute));
        ResponseTimeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
        SharesResult = method.ReturnParameter.IsDefined(typeof(ImmutableAttribute));
        var parameters = method.GetParameters();
        _tokenIndex = Array.FindIndex(parameters, parameter => parameter.ParameterType == typeof(CancellationToken));
        _shared = Array.ConvertAll(parameters, parameter => parameter.IsDefined(typeof(ImmutableAttribute)));
    }

    /// <summary>The interface's and the method's name.</summary>
    public string Name { get; }

    public bool IsAlwaysInterleave { get; }

    public bool IsReadOnly { get; }

    public bool IsOneWay { get; }

    public TimeSpan? ResponseTimeout { get; }

    /// <summary>The result needs no copy.</summary>
    public bool SharesResult { get; }

    public static GrainMethod Of(MethodInfo method) => s_methods.GetOrAdd(method, Create);

    /// <exception cref="OrleansConfigurationException">A method of the interface cannot be called.</exception>
    public static void CheckInterface(Type grainInterface)
    {
        foreach (var method in grainInterface.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            Of(method);
    }

    /// <summary>Calls the grain.</summary>
    /// <returns>What the method returns: a task of one of the four kinds.</returns>
    /// <exception cref="Serialization.CodecNotFoundException">An argument is of a type that cannot be passed to a grain.</exception>
    public abstract object Call(GrainReference reference, object?[] arguments);

    /// <summary>Takes copies of the arguments, all in one context: what is the same object before is so after.</summary>
    protected object?[] CopyArguments(GrainReference reference, object?[] arguments, out CancellationToken token)
    {
        token = _tokenIndex < 0 ? CancellationToken.None : (CancellationToken)arguments[_tokenIndex]!;
        var context = reference.Silo.Copier.NewContext();
        var copies = new object?[arguments.Length];
        for (var i = 0; i < copies.Length; i++)
            copies[i] = _shared[i] || i == _tokenIndex ? arguments[i] : context.Copy(arguments[i]);

        return copies;
    }

    /// <summary>Sets the token that the grain gets.</summary>
    public void SetToken(object?[] arguments, CancellationToken token)
    {
        if (_tokenIndex >= 0)
            arguments[_tokenIndex] = token;
    }

    /// <summary>Calls the method of the grain's instance; what it throws comes out as it is.</summary>
    protected object InvokeTarget(object target, object?[] arguments) =>
        _invoker.Invoke(target, arguments.AsSpan())
        ?? throw new InvalidOperationException($"{Name} of {target.GetType()} has returned null in place of a task.");

    private static GrainMethod Create(MethodInfo method)
    {
        var type = method.ReturnType;
        var parameters = method.GetParameters();
        if (method.IsGenericMethod
            || method.IsSpecialName
            || parameters.Any(static parameter => parameter.ParameterType.IsByRef)
            || parameters.Count(static parameter => parameter.ParameterType == typeof(CancellationToken)) > 1)
        {
            throw new OrleansConfigurationException(
                $"{method.DeclaringType}.{method.Name} cannot be called: a grain interface has methods that are not generic, "
                + "without ref, in or out parameters, and with one CancellationToken at most; no properties and no events.");
        }

        if (type == typeof(Task) || type == typeof(ValueTask))
            return new GrainMethodWithoutResult(method);

        if (type.IsGenericType && type.GetGenericTypeDefinition() is var open && (open == typeof(Task<>) || open == typeof(ValueTask<>)))
            return (GrainMethod)Activator.CreateInstance(typeof(GrainMethodWithResult<>).MakeGenericType(type.GetGenericArguments()), method)!;

        throw new OrleansConfigurationException(
            $"{method.DeclaringType}.{method.Name} returns {type}; allowed: Task, Task<T>, ValueTask, ValueTask<T>.");
    }
}
