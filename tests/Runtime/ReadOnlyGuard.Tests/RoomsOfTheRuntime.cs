using Mono.Cecil;

namespace ReadOnlyGuard.Tests;

/// <summary>
/// The rooms of the runtime (namespaces below <c>ReadOnlyGuard.Internal</c>) know those below them and no other, and no types know each other
/// in a circle. Read from the compiled assembly: fields, signatures, bodies.
/// </summary>
public sealed class RoomsOfTheRuntime
{
    const string Inside = "ReadOnlyGuard.Internal.";

    // From the ground up; docs/how-it-works.md says what each knows.
    static readonly string[] Rooms = ["Threads", "Settings", "Signals", "Checks", "Servers", "Cluster", "Renting", "Doors", "Transactions"];

    // Types of the public surface that are made of rooms. All others are words that every room may use, and know no more than a check does.
    static readonly string[] Fronts = [nameof(WritableDataSource), nameof(RecoveryWatcher)];

    static readonly Dictionary<TypeDefinition, HashSet<TypeDefinition>> Known = Read(typeof(WritableDataSource).Assembly.Location);

    static int RankOf(TypeDefinition type) => Array.IndexOf(Rooms, RoomOf(type));

    static string RoomOf(TypeDefinition type) => type.Namespace.StartsWith(Inside, StringComparison.Ordinal) ? type.Namespace[Inside.Length..] : "";

    static bool IsFront(TypeDefinition type) => RoomOf(type).Length == 0 && (type.Namespace != nameof(ReadOnlyGuard) || Fronts.Contains(type.Name));

    static bool IsWord(TypeDefinition type) => RoomOf(type).Length == 0 && !IsFront(type);

    [Fact]
    public void Are_these()
        => Assert.Equal(Rooms.Order(StringComparer.Ordinal), Known.Keys.Select(RoomOf).Where(room => room.Length > 0).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Know_no_room_above_them()
        => Assert.Empty(
            from known in Known
            where RoomOf(known.Key).Length > 0
            from type in known.Value
            where IsFront(type) || RankOf(type) > RankOf(known.Key)
            select $"{known.Key.FullName} knows {type.FullName}");

    [Fact]
    public void Are_not_known_to_the_words_that_all_of_them_use_but_for_the_lowest()
        => Assert.Empty(
            from known in Known
            where IsWord(known.Key)
            from type in known.Value
            where IsFront(type) || RankOf(type) > Array.IndexOf(Rooms, "Checks")
            select $"{known.Key.FullName} knows {type.FullName}");

    [Fact]
    public void Have_no_types_that_know_each_other_in_a_circle()
    {
        var open = new HashSet<TypeDefinition>();
        var closed = new HashSet<TypeDefinition>();
        var path = new Stack<TypeDefinition>();
        foreach (var type in Known.Keys)
            Visit(type);

        void Visit(TypeDefinition type)
        {
            if (closed.Contains(type))
                return;
            Assert.True(open.Add(type), $"A circle: {string.Join(" knows ", path.Reverse().SkipWhile(t => t != type).Append(type).Select(t => t.Name))}");
            path.Push(type);
            foreach (var next in Known[type])
                Visit(next);
            path.Pop();
            open.Remove(type);
            closed.Add(type);
        }
    }

    /// <summary>Each type that stands by itself, and those that it and the types within it refer to.</summary>
    static Dictionary<TypeDefinition, HashSet<TypeDefinition>> Read(string assembly)
    {
        var module = ModuleDefinition.ReadModule(assembly);
        var all = module.Types.Where(type => type.Namespace.StartsWith(nameof(ReadOnlyGuard), StringComparison.Ordinal)).ToDictionary(type => type, _ => new HashSet<TypeDefinition>());
        foreach (var type in module.GetTypes())
            if (all.TryGetValue(Outermost(type), out var known))
                foreach (var reference in References(type).SelectMany(Parts))
                    if (reference.Scope == module && reference.Resolve() is { } resolved && Outermost(resolved) is var other && other != Outermost(type) && all.ContainsKey(other))
                        known.Add(other);
        return all;
    }

    static TypeDefinition Outermost(TypeDefinition type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    static IEnumerable<TypeReference?> References(TypeDefinition type)
    {
        IEnumerable<TypeReference?> declared =
            [type.BaseType, .. type.Interfaces.Select(i => i.InterfaceType), .. type.Fields.Select(f => f.FieldType), .. type.Events.Select(e => e.EventType)];
        return declared.Concat(type.Methods.SelectMany(method => Signature(method).Concat(method.HasBody ? Body(method.Body) : [])));
    }

    static IEnumerable<TypeReference?> Signature(MethodReference method) => [method.ReturnType, .. method.Parameters.Select(p => p.ParameterType)];

    static IEnumerable<TypeReference?> Body(Mono.Cecil.Cil.MethodBody body)
        => body.Variables.Select(v => (TypeReference?)v.VariableType)
            .Concat(body.ExceptionHandlers.Select(handler => (TypeReference?)handler.CatchType))
            .Concat(body.Instructions.SelectMany(instruction => instruction.Operand switch
            {
                TypeReference type => [type],
                FieldReference field => [field.DeclaringType, field.FieldType],
                GenericInstanceMethod method => Signature(method).Append(method.DeclaringType).Concat(method.GenericArguments),
                MethodReference method => Signature(method).Append(method.DeclaringType),
                _ => [],
            }));

    static IEnumerable<TypeReference> Parts(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Concat(Parts(generic.ElementType)),
        TypeSpecification specification => Parts(specification.ElementType),
        _ => [type],
    };
}
