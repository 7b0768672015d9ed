using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Exports.Grains;

namespace Exports.Silo.Tests.Cluster;

/// <summary>Writes down what workers of one cluster exchange, as their serializers see it: one member a line, with its type before it.</summary>
internal static class Shapes
{
    private static readonly Assembly[] s_assemblies = [typeof(ITaskGrain).Assembly, typeof(GrainOptions).Assembly, typeof(WorkerHost).Assembly];

    private static IEnumerable<Type> Types => s_assemblies.SelectMany(assembly => assembly.GetTypes()).OrderBy(type => type.FullName, StringComparer.Ordinal);

    /// <summary>The state of each grain, by the type that it is stored as.</summary>
    public static IReadOnlyList<Type> StoredStates { get; } =
    [
        .. Types.Where(type => type.IsAssignableTo(typeof(Grain)))
            .SelectMany(type => type.GetConstructors().SelectMany(constructor => constructor.GetParameters()))
            .Select(parameter => parameter.ParameterType)
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IPersistentState<>))
            .Select(type => type.GetGenericArguments()[0]),
    ];

    /// <summary>Grains with their names, the calls that they take, and what is passed in them and when a grain moves.</summary>
    public static string OfCalls()
    {
        var text = new StringBuilder();
        foreach (var type in Types.Where(type => type.GetCustomAttribute<GrainTypeAttribute>() is not null))
            text.AppendLine($"grain {type.FullName} {Argument(type.GetCustomAttributesData(), nameof(GrainTypeAttribute))}");
        foreach (var type in Types.Where(type => type.IsInterface && type.IsAssignableTo(typeof(IAddressable))))
        {
            text.AppendLine($"interface {type.FullName} {Alias(type)}");
            foreach (var method in type.GetMethods().OrderBy(method => method.Name, StringComparer.Ordinal))
                text.AppendLine($"{type.Name}: {Name(method.ReturnType)} {method.Name}({string.Join(", ", method.GetParameters().Select(parameter => Name(parameter.ParameterType)))})");
        }

        foreach (var type in Types.Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>() is not null))
        {
            text.AppendLine($"{(type.IsEnum ? "enum" : "data")} {type.FullName} {Alias(type)}");
            if (type.IsEnum)
                AppendValues(text, type);
            foreach (var (id, property) in type.GetProperties(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
                .Select(property => (Id: property.GetCustomAttribute<IdAttribute>()?.Id, property)).Where(member => member.Id is not null).OrderBy(member => member.Id))
            {
                text.AppendLine($"{type.Name}: {id} {Name(property.PropertyType)} {property.Name}");
            }
        }

        return text.ToString();
    }

    /// <summary>What JSON these types have, and all types within.</summary>
    public static string OfJson(JsonSerializerOptions options, params IEnumerable<Type> roots)
    {
        var shown = new JsonSerializerOptions(options);
        shown.TypeInfoResolver ??= new DefaultJsonTypeInfoResolver();
        var text = new StringBuilder();
        var (left, known) = (new Queue<Type>(roots), new HashSet<Type>());
        while (left.TryDequeue(out var type))
        {
            if (!known.Add(type))
                continue;
            var info = shown.GetTypeInfo(type);
            if (type.IsEnum)
            {
                text.AppendLine($"enum {Name(type)}");
                AppendValues(text, type);
            }
            else if (Nullable.GetUnderlyingType(type) is { } value)
            {
                left.Enqueue(value);
            }
            else if (info.Kind == JsonTypeInfoKind.Object)
            {
                text.AppendLine($"object {Name(type)}");
                foreach (var property in info.Properties.OrderBy(property => property.Name, StringComparer.Ordinal))
                {
                    text.AppendLine($"{Name(type)}: {Name(property.PropertyType)} {property.Name}{(property.IsRequired ? " required" : "")}");
                    left.Enqueue(property.PropertyType);
                }
            }
            else if (info.Kind != JsonTypeInfoKind.None)
            {
                foreach (var argument in type.IsArray ? [type.GetElementType()!] : type.GetGenericArguments())
                    left.Enqueue(argument);
            }
            else if (type.IsGenericType)
            {
                left.Enqueue(type.GetGenericArguments()[0]);
            }
        }

        return text.ToString();
    }

    private static void AppendValues(StringBuilder text, Type type)
    {
        foreach (var value in Enum.GetValues(type))
            text.AppendLine($"{type.Name}: {Convert.ToInt64(value, CultureInfo.InvariantCulture)} {value}");
    }

    private static string Alias(Type type) => Argument(type.GetCustomAttributesData(), nameof(AliasAttribute));

    private static string Argument(IEnumerable<CustomAttributeData> attributes, string name)
        => attributes.FirstOrDefault(attribute => attribute.AttributeType.Name == name)?.ConstructorArguments[0].Value as string ?? "without an alias";

    private static string Name(Type type)
        => type.IsArray ? $"{Name(type.GetElementType()!)}[]"
            : Nullable.GetUnderlyingType(type) is { } value ? $"{Name(value)}?"
            : type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
            : type.Name;
}
