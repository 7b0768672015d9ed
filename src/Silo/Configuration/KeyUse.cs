namespace Exports.Silo.Configuration;

/// <summary>What becomes of a worker key.</summary>
internal enum KeyUse
{
    /// <summary>It does what its documentation says.</summary>
    Used,

    /// <summary>It means nothing here, and nothing is lost by that: accepted, and named in one line at start.</summary>
    NotNeeded,

    /// <summary>It asks for something that is not there, and that can be missed: a warning.</summary>
    Warned,
}
