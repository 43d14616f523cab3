using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>How a message names what the code uses.</summary>
static class UsedName
{
    /// <summary><c>new NpgsqlConnection</c>, <c>NpgsqlDataSource.Create</c>, or the extension method or member alone.</summary>
    public static string Of(IOperation use) => use switch
    {
        IObjectCreationOperation { Type: { } type } => "new " + type.Name,
        IDynamicObjectCreationOperation { Type: { } type } => "new " + type.Name,
        IInvocationOperation { TargetMethod: { MethodKind: MethodKind.Constructor } constructor } => "new " + constructor.ContainingType.Name,
        IInvocationOperation call => Of(call.TargetMethod),
        IMemberReferenceOperation reference => Of(reference.Member),
        IAssignmentOperation { Target: IMemberReferenceOperation target } => target.Member.Name,
        IFieldInitializerOperation field => field.InitializedFields[0].Name,
        IPropertyInitializerOperation property => property.InitializedProperties[0].Name,
        _ => use.Syntax.ToString(),
    };

    static string Of(ISymbol member) => member is IMethodSymbol { IsExtensionMethod: true }
        ? member.Name
        : member.ContainingType.Name + "." + member.Name;
}
