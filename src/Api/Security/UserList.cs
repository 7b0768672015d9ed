using Exports.Pipeline;

namespace Exports.Api.Security;

/// <summary>The users that may log in with a password.</summary>
internal sealed class UserList
{
    private const string Form = "each line must be name=admin,HASH or name=read-only,HASH";

    private readonly Dictionary<string, (ApiRole Role, PasswordHash Password)> _users = new(StringComparer.Ordinal);
    private readonly int _iterations;
    private readonly PasswordHash _nobody;

    private UserList(Dictionary<string, (ApiRole, PasswordHash)> users)
    {
        _users = users;
        _iterations = _users.Values.Max(user => user.Password.Iterations);
        _nobody = PasswordHash.OfNobody(_iterations);
    }

    /// <summary>Reads a Java properties file: <c>name=role,hash</c>.</summary>
    /// <exception cref="FormatException">It is not one, or has no user. Says which user is wrong, and shows no hash.</exception>
    public static UserList Parse(string text)
    {
        var users = new Dictionary<string, (ApiRole, PasswordHash)>(StringComparer.Ordinal);
        foreach (var (name, value) in JavaProperties.Parse(text))
        {
            if (name.Length == 0 || name.Contains(':'))
                throw new FormatException($"the user name '{name}' is empty or holds a colon");
            var comma = value.IndexOf(',');
            ApiRole? role = (comma < 0 ? "" : value[..comma].Trim()) switch
            {
                "admin" => ApiRole.Admin,
                "read-only" => ApiRole.ReadOnly,
                _ => null,
            };
            if (role is null)
                throw new FormatException($"the user '{name}' has no role; {Form}");
            if (!PasswordHash.TryParse(value[(comma + 1)..].Trim(), out var hash))
                throw new FormatException($"the password of the user '{name}' is not hashed; allowed: {PasswordHash.Form}");
            users.Add(name, (role.Value, hash!));
        }

        return users.Count > 0 ? new(users) : throw new FormatException($"it holds no user; {Form}");
    }

    /// <summary>The user's role; null when user or password is wrong. Takes as long for a user that does not exist.</summary>
    public ApiRole? Check(string user, string password)
    {
        var known = _users.TryGetValue(user, out var found);
        var matches = (known ? found.Password : _nobody).Matches(password, _iterations);
        return known && matches ? found.Role : null;
    }
}
