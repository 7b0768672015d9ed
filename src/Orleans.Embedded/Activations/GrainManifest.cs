using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Orleans.Runtime;

/// <summary>
/// All grain classes of the program: those in assemblies that reference this one, whether they are loaded yet or not.
/// </summary>
internal sealed class GrainManifest
{
    private static readonly AssemblyName s_engine = typeof(GrainManifest).Assembly.GetName();

    private readonly Dictionary<GrainType, GrainClass> _classes = [];
    private readonly Dictionary<Type, List<GrainClass>> _byInterface = [];

    /// <exception cref="OrleansConfigurationException">A class cannot be a grain class, or two have one name.</exception>
    public GrainManifest()
    {
        foreach (var type in FindAssemblies().SelectMany(TypesOf).Where(GrainClass.IsGrainClass))
        {
            var grainClass = new GrainClass(type);
            if (!_classes.TryAdd(grainClass.GrainType, grainClass))
            {
                throw new OrleansConfigurationException(
                    $"{type} and {_classes[grainClass.GrainType].Type} have the same grain type '{grainClass.GrainType}'; "
                    + "give one of them a [GrainType].");
            }

            foreach (var grainInterface in grainClass.Interfaces)
            {
                GrainMethod.CheckInterface(grainInterface);
                if (!_byInterface.TryGetValue(grainInterface, out var classes))
                    _byInterface.Add(grainInterface, classes = []);

                classes.Add(grainClass);
            }
        }
    }

    /// <exception cref="ArgumentException">There is no such class.</exception>
    public GrainClass Get(GrainType type) =>
        _classes.TryGetValue(type, out var grainClass) ? grainClass : throw new ArgumentException($"No grain class has the type '{type}'.");

    /// <exception cref="ArgumentException">There is no such class, or more than one.</exception>
    public GrainClass Get(Type grainInterface)
    {
        if (!_byInterface.TryGetValue(grainInterface, out var classes))
            throw new ArgumentException($"No grain class implements {grainInterface}.");

        return classes.Count == 1
            ? classes[0]
            : throw new ArgumentException(
                $"{grainInterface} is implemented by {string.Join(" and ", classes.Select(candidate => candidate.Type))}; "
                + "only one class may implement an interface that grains are asked for by.");
    }

    /// <summary>The program's assemblies that reference this one. The compiler drops references that no code uses, hence by file.</summary>
    private static HashSet<Assembly> FindAssemblies()
    {
        var found = AppDomain.CurrentDomain.GetAssemblies()
            .Where(static assembly => !assembly.IsDynamic
                && assembly.GetReferencedAssemblies().Any(static name => name.Name == s_engine.Name))
            .ToHashSet();
        var loaded = found.Select(static assembly => assembly.GetName().Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var files = (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(static file => file.StartsWith(AppContext.BaseDirectory, StringComparison.Ordinal));
        foreach (var file in files)
        {
            var name = Path.GetFileNameWithoutExtension(file);
            if (!loaded.Contains(name) && ReferencesEngine(file))
                found.Add(Assembly.Load(new AssemblyName(name)));
        }

        return found;
    }

    private static bool ReferencesEngine(string file)
    {
        using var pe = new PEReader(File.OpenRead(file));
        if (!pe.HasMetadata)
            return false;

        var metadata = pe.GetMetadataReader();
        return metadata.AssemblyReferences.Any(handle =>
            metadata.StringComparer.Equals(metadata.GetAssemblyReference(handle).Name, s_engine.Name!));
    }

    private static Type[] TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException exception)
        {
            throw new OrleansConfigurationException(
                $"The types of {assembly.GetName().Name} cannot be loaded: {exception.LoaderExceptions.FirstOrDefault()?.Message}", exception);
        }
    }
}
