namespace Acme.Library;

/// <summary>Something that only the plugin's own folder has.</summary>
public static class Greeting
{
    public static string Text => "hello from the plugin's library";
}
