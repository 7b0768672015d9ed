namespace Orleans.Configuration;

/// <summary>When idle activations are collected, and how long activating and deactivating may take.</summary>
public class GrainCollectionOptions
{
    /// <summary>How often idle activations are looked for; above zero. Default: one minute.</summary>
    public TimeSpan CollectionQuantum { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long an activation must be idle; above <see cref="CollectionQuantum"/>. Default: 15 minutes.</summary>
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long reading the state and OnActivateAsync may take. Default: 30 seconds.</summary>
    public TimeSpan ActivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long ending the running requests and OnDeactivateAsync may take. Default: 30 seconds.</summary>
    public TimeSpan DeactivationTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
