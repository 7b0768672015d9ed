using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Reflection;
using Orleans.Runtime;

namespace Orleans.Serialization;

/// <summary>
/// Copies arguments and results, so that a grain and its callers share no object that one of them can change. Takes what
/// Orleans' serializer takes: primitives, enums, the common collections, and types marked by [GenerateSerializer].
/// </summary>
internal sealed class DeepCopier
{
    private static readonly HashSet<Type> s_immutable =
    [
        typeof(string), typeof(decimal), typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan), typeof(DateOnly), typeof(TimeOnly),
        typeof(Guid), typeof(Uri), typeof(Version), typeof(Int128), typeof(UInt128), typeof(Half), typeof(BigInteger), typeof(object),
        typeof(IPAddress), typeof(CultureInfo), typeof(CancellationToken), typeof(GrainId), typeof(GrainType), typeof(IdSpan),
    ];

    private readonly ConcurrentDictionary<Type, CopyPlan> _plans = new();

    public CopyContext NewContext() => new(this);

    /// <exception cref="CodecNotFoundException">Values of this type cannot be passed to or from a grain.</exception>
    public CopyPlan PlanFor(Type type) => _plans.GetOrAdd(type, static (type, copier) => copier.Plan(type), this);

    private CopyPlan Plan(Type type)
    {
        if (type.IsPrimitive
            || type.IsEnum
            || s_immutable.Contains(type)
            || typeof(GrainReference).IsAssignableFrom(type)
            || typeof(Exception).IsAssignableFrom(type)
            || typeof(Type).IsAssignableFrom(type))
        {
            return CopyPlan.Shared;
        }

        if (type.IsSZArray)
            return PlanArray(type.GetElementType()!);

        if (type.IsGenericType && IsTuple(type))
            return new FieldsPlan(type, FieldsOf(type));

        if (CollectionPlans.Find(type) is { } collection)
            return collection;

        if (type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false))
        {
            return type.IsDefined(typeof(ImmutableAttribute), inherit: false)
                ? CopyPlan.Shared
                : new FieldsPlan(type, [.. SerializedMembers.Of(type)]);
        }

        throw new CodecNotFoundException(
            typeof(IAddressable).IsAssignableFrom(type)
                ? $"{type} is a grain: pass a reference to it, this.AsReference<TGrainInterface>()."
                : $"{type} cannot be passed to or from a grain. Mark it by [GenerateSerializer] and its members by [Id], "
                    + "or use a primitive, an enum, an array, a tuple, List, Dictionary, HashSet, SortedSet, SortedDictionary, Queue or Stack.");
    }

    private CopyPlan PlanArray(Type element)
    {
        // Whether elements can be shared is known beforehand only where the element's type is the type of all elements.
        var shares = (element.IsValueType || element.IsSealed)
            && PlanFor(Nullable.GetUnderlyingType(element) ?? element).Shares;
        return (CopyPlan)Activator.CreateInstance(typeof(ArrayPlan<>).MakeGenericType(element), args: [shares])!;
    }

    private static bool IsTuple(Type type) =>
        type.IsAssignableTo(typeof(System.Runtime.CompilerServices.ITuple)) && type.Namespace == "System"
        || type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);

    private static FieldInfo[] FieldsOf(Type type) =>
        type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
}
