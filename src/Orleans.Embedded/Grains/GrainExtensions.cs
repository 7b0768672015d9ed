using Orleans.Runtime;

namespace Orleans;

/// <summary>What can be asked of a grain and of a reference to one.</summary>
public static class GrainExtensions
{
    /// <summary>The identity of a grain or reference.</summary>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public static GrainId GetGrainId(this IAddressable grain) => grain switch
    {
        GrainReference reference => reference.GrainId,
        IGrainBase { GrainContext: { } context } => context.GrainId,
        null => throw new ArgumentNullException(nameof(grain)),
        _ => throw new ArgumentException($"{grain.GetType()} is neither a grain nor a reference to one.", nameof(grain)),
    };

    /// <summary>The key of a grain or reference.</summary>
    public static string GetPrimaryKeyString(this IAddressable grain) => grain.GetGrainId().Key.ToString();

    /// <summary>A reference to this grain, to hand to others.</summary>
    public static TGrainInterface AsReference<TGrainInterface>(this IAddressable grain)
    {
        var reference = grain switch
        {
            GrainReference existing => existing,
            IGrainBase { GrainContext: { } context } => context.GrainReference,
            null => throw new ArgumentNullException(nameof(grain)),
            _ => throw new ArgumentException($"{grain.GetType()} is neither a grain nor a reference to one.", nameof(grain)),
        };
        return (TGrainInterface)(object)reference.As(typeof(TGrainInterface));
    }
}
