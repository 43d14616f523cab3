using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>Knows which connection strings ask for a standby, and so for a connection that need not be written to.</summary>
static class StandbyConnectionString
{
    // The key may be among the parts that are not known.
    static readonly Regex Target = new(
        @"(?:^|[;\0\s])(?<key>Target\s?Session\s?Attributes|\0)\s*=\s*['""]?(?<value>[a-z-]*)(?<rest>[\0{])?",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    // A value by itself: cs.Replace("primary", "standby"), WithTarget(cs, "standby").
    static readonly Regex Value = new(@"\0(?:standby|prefer-standby|read-only)(?:[;\0]|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <summary>A setting whose value is not known.</summary>
    public const string Undecided = ";Target Session Attributes=\0";

    static readonly string[] Standbys = ["standby", "prefer-standby", "read-only"];

    /// <summary>Whether every string that the value can be asks for a standby, as far as the code shows.</summary>
    public static bool IsAskedForIn(IOperation? connectionString)
    {
        var texts = ConnectionText.Of(connectionString);
        return texts.Count > 0 && texts.All(text => Request(text) == true);
    }

    /// <summary>Whether the value may ask for a standby: some string of several does, or the part that would tell is not known.</summary>
    public static bool MayBeAskedForIn(IOperation? connectionString) => ConnectionText.Of(connectionString).Any(text => Request(text) != false);

    /// <summary>Whether a registration asks for a standby, in its connection string or in what its actions set.</summary>
    public static bool IsAskedForIn(IInvocationOperation registration) => registration.Arguments.Any(argument => IsAskedForInArgument(argument.Value));

    /// <summary>As <see cref="MayBeAskedForIn(IOperation?)"/>, for a registration.</summary>
    public static bool MayBeAskedForIn(IInvocationOperation registration) =>
        registration.Arguments.Any(argument => argument.Value.Type?.SpecialType == SpecialType.System_String
            ? MayBeAskedForIn(argument.Value)
            : Request(BuilderText.Settings(argument)) != false);

    static bool IsAskedForInArgument(IOperation argument) =>
        argument.Type?.SpecialType == SpecialType.System_String ? IsAskedForIn(argument) : Request(BuilderText.Settings(argument)) == true;

    /// <summary>Whether the text asks for a standby; <see langword="null"/> where that cannot be told. The last mention counts, as it does for Npgsql.</summary>
    public static bool? Request(string text)
    {
        bool? request = false;
        foreach (Match match in Target.Matches(text))
        {
            var isStandby = Standbys.Contains(match.Groups["value"].Value, StringComparer.OrdinalIgnoreCase);
            var isOtherKey = match.Groups["key"].Value == "\0";
            if (!isOtherKey)
            {
                request = match.Groups["rest"].Success ? null : isStandby;
            }
            else if (isStandby)
            {
                request = null;
            }
        }

        return request == false && Value.IsMatch(text) ? null : request;
    }
}
