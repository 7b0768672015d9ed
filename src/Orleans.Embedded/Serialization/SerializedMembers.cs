using System.Reflection;

namespace Orleans.Serialization;

/// <summary>The members of a [GenerateSerializer] type that are passed on: those with an [Id], and a record's positional ones.</summary>
internal static class SerializedMembers
{
    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <exception cref="CodecNotFoundException">A base class lacks [GenerateSerializer], or a member with an [Id] has no field.</exception>
    public static IEnumerable<FieldInfo> Of(Type type)
    {
        for (var level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
        {
            if (!level.IsDefined(typeof(GenerateSerializerAttribute), inherit: false))
                throw new CodecNotFoundException($"{type} derives from {level}, which lacks [GenerateSerializer].");

            foreach (var field in level.GetFields(Declared).Where(static field => field.IsDefined(typeof(IdAttribute))))
                yield return field;

            var positional = PositionalNames(level);
            foreach (var property in level.GetProperties(Declared))
            {
                var backing = level.GetField($"<{property.Name}>k__BackingField", Declared);
                if (property.IsDefined(typeof(IdAttribute)))
                {
                    yield return backing ?? throw new CodecNotFoundException(
                        $"{type}: property {property.Name} has an [Id], but is no auto-implemented property.");
                }
                else if (backing is not null && positional.Contains(property.Name))
                {
                    yield return backing;
                }
            }
        }
    }

    /// <summary>The names of a positional record's parameters; the compiler gives such a record a Deconstruct that lists them.</summary>
    private static HashSet<string?> PositionalNames(Type type)
    {
        var isRecord = type.GetMethod("PrintMembers", Declared) is not null;
        var deconstruct = isRecord
            ? type.GetMethods(Declared).FirstOrDefault(static method => method.Name == "Deconstruct"
                && method.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute)))
            : null;
        return deconstruct?.GetParameters().Select(static parameter => parameter.Name).ToHashSet() ?? [];
    }
}
